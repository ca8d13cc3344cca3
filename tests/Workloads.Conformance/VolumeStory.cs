using Provision.Provisioning;
using Provision.Provisioning.Journal;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Provision.Workloads.Volume;
using Xunit;

namespace Provision.Workloads.Conformance;

/// <summary>
/// The life of volumes as a scenario: three are ordered, one of them too large; one is cancelled, one is extended and then lives out
/// its lease and its grace period.
/// </summary>
public sealed class VolumeStory
{
    private readonly CrashWorld world;
    private readonly Reservation cancelled;
    private readonly Reservation expiring;
    private readonly Reservation tooLarge;

    /// <summary>The story on this world.</summary>
    public VolumeStory(CrashWorld world)
    {
        this.world = world;
        var now = world.Time.GetUtcNow();
        cancelled = Actors.Reserve(1, "volume", Data(1), now, Lease);
        expiring = Actors.Reserve(2, "volume", Data(2), now, Lease);
        tooLarge = Actors.Reserve(3, "volume", Data(VolumeSpec.SizeGiBMax), now, Lease);
    }

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>The module under test.</summary>
    public static VolumeModule Module { get; } = new();

    /// <summary>
    /// What an engine needs to live through it: leases and grace are short,
    /// because time costs turns even when it is virtual.
    /// </summary>
    public static EngineSetup Setup { get; } = Actors.Setup(CrashHarness.Options with { Grace = TimeSpan.FromMinutes(3) }, Module);

    /// <summary>The phases and the end.</summary>
    public CrashScenario Scenario => new(
        [
            new(
                "order",
                Order,
                () => LastState(cancelled) == ReceiptState.Ok
                    && LastState(expiring) == ReceiptState.Ok
                    && LastState(tooLarge) == ReceiptState.Refused,
                CheckLiveAsync),
            new("cancel and extend", CancelAndExtend, () => LastState(cancelled) == ReceiptState.Deleted, CheckOneLeftAsync),
            new("lease ends", () => { }, () => LastState(expiring) == ReceiptState.Expired, CheckOneLeftAsync),
            new("grace ends", () => { }, () => LastState(expiring) == ReceiptState.Deleted),
        ],
        CheckEndAsync);

    private static CanonicalJson Data(long size) => CanonicalJson.Of($$"""{"size":{{size}},"type":"SSD"}""");

    private void Order()
    {
        world.Explorer.Post(cancelled);
        world.Explorer.Post(expiring);
        world.Explorer.Post(tooLarge);
    }

    private void CancelAndExtend()
    {
        world.Explorer.Post(Actors.Cancel(cancelled, world.Time.GetUtcNow()));
        world.Explorer.Post(Actors.Extend(expiring, world.Time.GetUtcNow(), Lease * 2));
    }

    private ReceiptState? LastState(Reservation reservation) => StatesOf(reservation).Cast<ReceiptState?>().LastOrDefault();

    private async Task CheckLiveAsync()
    {
        var volumes = await world.Machine.Storage.ListVolumesAsync(CancellationToken.None);
        Assert.Equal(
            new[] { (cancelled.ComputeDigest(), ByteSize.GiB(1)), (expiring.ComputeDigest(), ByteSize.GiB(2)) }
                .OrderBy(v => v.Item1.ToString()),
            volumes.Select(volume => (volume.Name.Owner, volume.Limit ?? ByteSize.Zero)).OrderBy(v => v.Owner.ToString()));
    }

    private async Task CheckOneLeftAsync()
    {
        var volumes = await world.Machine.Storage.ListVolumesAsync(CancellationToken.None);
        Assert.Equal([expiring.ComputeDigest()], volumes.Select(volume => volume.Name.Owner));
    }

    private async Task CheckEndAsync()
    {
        Assert.Empty(await world.Machine.Storage.ListVolumesAsync(CancellationToken.None));
        Assert.Empty(world.Explorer.Contradictions);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], StatesOf(cancelled));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Expired, ReceiptState.Deleted], StatesOf(expiring));
        Assert.Equal([ReceiptState.Refused], StatesOf(tooLarge));
        Assert.Equal(FaultCode.OutOfCapacity, world.Explorer.ReceiptsOf(tooLarge.ComputeDigest())[0].Fault!.Code);
        Assert.Null(ReceiptChain.Empty.Add(world.Explorer.Receipts.Values).Broken);

        var journal = await JournalReader.ReadAsync(world.Machine.Disk, CancellationToken.None);
        Assert.Empty(journal.SetAside);
        foreach (var (order, entries) in journal.Orders)
        {
            var workload = new Workload(order, Module);
            entries.ForEach(workload.Apply);
            Assert.True(workload.State.Closed, $"{order.Short} is not closed");
            Assert.Empty(workload.Unacknowledged);
        }
    }

    private IEnumerable<ReceiptState> StatesOf(Reservation reservation) =>
        world.Explorer.ReceiptsOf(reservation.ComputeDigest()).Select(receipt => receipt.State);
}
