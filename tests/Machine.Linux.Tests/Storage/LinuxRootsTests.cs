using Provision.Machine.Conformance.Images;
using Provision.Machine.Conformance.Storage;
using Provision.Machine.Linux.Images;
using Provision.Machine.Linux.Storage;
using Provision.Machine.Linux.Tests.Images;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Storage;

public sealed class LinuxRootsTests : RootsConformance, IClassFixture<ImagesFixture>, IAsyncDisposable
{
    private readonly ImagesFixture fixture;
    private LinuxImages? images;

    public LinuxRootsTests(ImagesFixture fixture)
    {
        Tool.NeedsRoot();
        this.fixture = fixture;
    }

    protected override IStorage Storage => fixture.Storage!;

    protected override string PoolName => "ssd";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected override async ValueTask<IStorage> ReopenAsync() =>
        await LinuxStorage.OpenAsync(fixture.Options.Root, fixture.Options.Pools, Ct);

    protected override async ValueTask<Digest> PutImageAsync(TestImage image)
    {
        images ??= await fixture.OpenAsync();
        var reference = TestArchive.Put(fixture.Options.ImagesFolder!, image);
        await images.EnsureAsync(PoolName, reference, Digest.Of("for good"u8), Ct);
        return reference.Digest;
    }

    protected override async ValueTask<bool> TryWriteAsync(VolumeName name, string file, ByteSize size)
    {
        var path = Path.Combine(PathOf(name), file);
        try
        {
            await using var stream = new FileStream(path, FileMode.Create);
            for (var written = 0L; written < size.Bytes; written += 1 << 16)
            {
                await stream.WriteAsync(new byte[Math.Min(1 << 16, size.Bytes - written)], Ct);
            }

            stream.Flush(flushToDisk: true);
            return true;
        }
        catch (IOException)
        {
            File.Delete(path);
            Tool.Run("btrfs", "filesystem", "sync", PathOf(name)); // A quota takes back what was deleted when the transaction ends.
            return false;
        }
    }

    protected override ByteSize? SizeOf(VolumeName name, string file) =>
        new FileInfo(Path.Combine(PathOf(name), file)) is { Exists: true } info ? new ByteSize(info.Length) : null;

    public async ValueTask DisposeAsync()
    {
        if (fixture is { Storage: not null })
        {
            await RemoveVolumesAsync();
        }
    }

    [Fact]
    public async Task The_limit_of_a_root_is_the_exclusive_one_of_btrfs_and_a_full_root_can_be_given_another()
    {
        var image = await PutImageAsync(TestImage.Of("image", "file", 8 << 20));
        var name = new VolumeName(PoolName, Digest.Of("owner"u8));
        await Storage.EnsureRootAsync(name, image, MiB(4), Ct);
        Assert.False(await TryWriteAsync(name, "much", MiB(6)));
        await FillAsync(name);

        await Storage.EnsureRootAsync(name, image, MiB(32), Ct);

        var id = Tool.Run("btrfs", "inspect-internal", "rootid", PathOf(name));
        var row = Tool.Run("btrfs", "qgroup", "show", "--raw", "-r", "-e", PathOf(name)).Split('\n').Single(
            line => line.StartsWith($"0/{id} ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["none", $"{MiB(32).Bytes}"], row[3..5]);
        Assert.True(await TryWriteAsync(name, "much", MiB(6)));
    }

    [Fact]
    public async Task A_root_that_was_left_without_a_limit_says_so_and_gets_one_from_the_next_ensure()
    {
        var image = await PutImageAsync(TestImage.Of("image", "file", 8 << 20));
        var name = new VolumeName(PoolName, Digest.Of("owner"u8));
        Tool.Run("btrfs", "subvolume", "snapshot", fixture.PoolFolderOf(PoolName, $"images/{image}"), PathOf(name));
        Assert.Null(Assert.Single(await Storage.ListVolumesAsync(Ct)).Limit);

        await Storage.EnsureRootAsync(name, image, MiB(4), Ct);

        Assert.Equal(MiB(4), Assert.Single(await Storage.ListVolumesAsync(Ct)).Limit);
        Assert.False(await TryWriteAsync(name, "much", MiB(6)));
    }

    [Fact]
    public async Task The_share_of_images_is_not_promised_to_volumes()
    {
        var pool = Assert.Single(await Storage.ListPoolsAsync(Ct), pool => pool.Name == PoolName);

        Assert.Equal(MiB(512 - 96 - 32) - ImagesFixture.ImagesMax, pool.Size);
    }

    private async Task FillAsync(VolumeName name)
    {
        var count = 0;
        while (await TryWriteAsync(name, $"small-{count}", new ByteSize(64 << 10)))
        {
            count++;
        }
    }

    private string PathOf(VolumeName name) => fixture.PoolFolderOf(PoolName, $"volumes/{name.Owner}");
}
