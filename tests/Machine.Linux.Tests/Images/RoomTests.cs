using Provision.Machine.Conformance;
using Provision.Machine.Images;
using Provision.Machine.Linux.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Linux.Tests.Images;

/// <summary>The room for images of a pool: 24 MiB, of which each image here takes 7.</summary>
public sealed class RoomTests : IClassFixture<SmallImagesFixture>, IAsyncLifetime
{
    private const string Pool = "ssd";
    private readonly SmallImagesFixture fixture;
    private LinuxImages? images;

    public RoomTests(SmallImagesFixture fixture)
    {
        Tool.NeedsRoot();
        this.fixture = fixture;
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Digest Holder => Digest.Of("holder"u8);

    public async ValueTask InitializeAsync() => images = await fixture.OpenAsync();

    public ValueTask DisposeAsync() => ImagePools.RemoveAllAsync(images);

    [Fact]
    public async Task The_longest_unused_makes_room_and_what_is_held_stays()
    {
        var (held, older, newer) = (await MakeAsync("held"), await MakeAsync("older"), await MakeAsync("newer"));
        await images!.ReleaseAsync(newer, Holder, Ct);
        await images.ReleaseAsync(older, Holder, Ct);
        SetUnusedSince(newer, days: 1);
        SetUnusedSince(older, days: 2);

        var next = await MakeAsync("next");

        Assert.Equal(Sorted(held, newer, next), (await images.ListAsync(Ct)).Select(image => image.Name));
    }

    [Fact]
    public async Task All_that_nobody_holds_makes_room_when_it_has_to()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            await images!.ReleaseAsync(await MakeAsync(name), Holder, Ct);
        }

        var large = await MakeAsync("large", 22 << 20);

        Assert.Equal([large], (await images!.ListAsync(Ct)).Select(image => image.Name));
    }

    [Fact]
    public async Task What_does_not_fit_beside_what_is_held_is_refused_and_nothing_held_is_lost()
    {
        var held = Sorted(await MakeAsync("a"), await MakeAsync("b"), await MakeAsync("c"));

        var fault = await Throws.FaultAsync(FaultCode.OutOfCapacity, () => MakeAsync("d"));

        Assert.Contains("MiB", fault.What, StringComparison.Ordinal);
        Assert.Equal(held, (await images!.ListAsync(Ct)).Select(image => image.Name));
        Assert.All(held, name => Assert.True(File.Exists(fixture.PoolFolderOf(Pool, $"images/{name.Digest}/file"))));
    }

    [Fact]
    public async Task Images_together_never_take_more_than_their_share()
    {
        for (var i = 0; i < 6; i++)
        {
            await images!.ReleaseAsync(await MakeAsync($"image-{i}"), Holder, Ct);
            var taken = (await images.ListAsync(Ct)).Sum(image => image.Size.Bytes);
            Assert.True(taken <= fixture.ImagesMax.Bytes, $"{taken} bytes of images");
        }
    }

    private void SetUnusedSince(ImageName name, int days) => Tool.Run(
        "touch", "--date", $"{days} days ago", fixture.PoolFolderOf(Pool, $"holders/{name.Digest}"));

    private static IEnumerable<ImageName> Sorted(params ImageName[] names) =>
        names.OrderBy(name => name.Digest.ToString(), StringComparer.Ordinal);

    private async Task<ImageName> MakeAsync(string name, int size = 7 << 20) =>
        (await images!.EnsureAsync(Pool, TestArchive.Put(fixture.Options.ImagesFolder!, name, size), Holder, Ct)).Name;
}
