using Provision.Machine.Conformance;
using Provision.Machine.Conformance.Images;
using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Simulated.Tests.Images;

public sealed class SimulatedImagesTests : ImagesConformance
{
    private readonly TickingTime time = new();
    private readonly SimulatedMachine machine;

    public SimulatedImagesTests() => machine = Machines.New(time);

    protected override IImages Images => machine.Images;

    protected override string PoolName => Machines.PoolName;

    protected override string OtherPoolName => Machines.OtherPoolName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Digest Holder => Digest.Of("holder"u8);

    protected override ValueTask<IImages> ReopenAsync() => ValueTask.FromResult<IImages>(machine.Images);

    protected override ValueTask<ImageReference> PutImageAsync(TestImage image) => ValueTask.FromResult(TestImages.Put(machine, image));

    protected override ValueTask DamageAsync(ImageReference reference)
    {
        machine.Images.Local.Damage(reference.Location);
        return ValueTask.CompletedTask;
    }

    protected override ValueTask LoseAsync(ImageReference reference)
    {
        machine.Images.Local.Remove(reference.Location);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Time_decides_when_an_image_that_nobody_holds_goes()
    {
        var reference = TestImages.Put(machine, TestImage.Of("image", "file", 1));
        var image = await Images.EnsureAsync(PoolName, reference, Holder, Ct);
        time.Pass(TimeSpan.FromHours(2));
        await Images.ReleaseAsync(image.Name, Holder, Ct);

        time.Pass(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        await Images.CollectAsync(TimeSpan.FromHours(1), Ct);
        Assert.Single(await Images.ListAsync(Ct));

        time.Pass(TimeSpan.FromTicks(1));
        await Images.CollectAsync(TimeSpan.FromHours(1), Ct);
        Assert.Empty(await Images.ListAsync(Ct));
    }

    [Fact]
    public async Task An_image_takes_room_in_its_pool_once_however_many_hold_it()
    {
        var reference = TestImages.Put(machine, TestImage.Of("image", "file", MiB(100).Bytes));
        await Images.EnsureAsync(PoolName, reference, Holder, Ct);
        var image = await Images.EnsureAsync(PoolName, reference, Digest.Of("other"u8), Ct);

        var pools = await machine.Storage.ListPoolsAsync(Ct);

        Assert.Equal([(OtherPoolName, ByteSize.Zero), (PoolName, image.Size)], pools.Select(pool => (pool.Name, pool.Used)));
    }

    [Fact]
    public async Task A_full_pool_takes_no_image_until_there_is_room()
    {
        var first = TestImages.Put(machine, TestImage.Of("first", "file", MiB(200).Bytes));
        var second = TestImages.Put(machine, TestImage.Of("second", "file", MiB(200).Bytes));
        var image = await Images.EnsureAsync(PoolName, first, Holder, Ct);
        await Throws.FaultAsync(FaultCode.Unavailable, async () => await Images.EnsureAsync(PoolName, second, Holder, Ct));

        await Images.ReleaseAsync(image.Name, Holder, Ct);
        await Images.CollectAsync(TimeSpan.Zero, Ct);

        Assert.Equal(second.Digest, (await Images.EnsureAsync(PoolName, second, Holder, Ct)).Name.Digest);
    }

    [Fact]
    public async Task An_image_larger_than_the_most_is_refused_for_good()
    {
        machine.Images.Room = MiB(1);
        var reference = TestImages.Put(machine, TestImage.Of("image", "file", MiB(1).Bytes));

        await Throws.FaultAsync(FaultCode.OutOfCapacity, async () => await Images.EnsureAsync(PoolName, reference, Holder, Ct));
        Assert.Empty(await Images.ListAsync(Ct));
    }

    [Fact]
    public async Task A_broken_pool_takes_no_image()
    {
        var reference = TestImages.Put(machine, TestImage.Of("image", "file", 1));
        machine.Storage.BreakPool(PoolName);

        await Throws.FaultAsync(FaultCode.Unavailable, async () => await Images.EnsureAsync(PoolName, reference, Holder, Ct));
    }

    [Fact]
    public async Task A_power_failure_leaves_images_and_their_holders()
    {
        var reference = TestImages.Put(machine, TestImage.Of("image", "file", 1));
        await Images.EnsureAsync(PoolName, reference, Holder, Ct);

        machine.PowerFailure(new Random(1));

        await Images.CollectAsync(TimeSpan.Zero, Ct);
        Assert.Equal([Holder], Assert.Single(await Images.ListAsync(Ct)).Holders);
    }
}
