using Provision.Machine.Conformance.Storage;
using Provision.Machine.Linux.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Storage;

public sealed class LinuxStorageTests : StorageConformance, IClassFixture<PoolFixture>, IAsyncDisposable
{
    private readonly PoolFixture fixture;

    public LinuxStorageTests(PoolFixture fixture)
    {
        Tool.NeedsRoot();
        this.fixture = fixture;
    }

    protected override IStorage Storage => fixture.Storage!;

    protected override string PoolName => PoolFixture.PoolName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Volumes => Path.Combine(fixture.Root, "pools", PoolName, "volumes");

    protected override async ValueTask<IStorage> ReopenAsync() => await LinuxStorage.OpenAsync(fixture.Root, fixture.Options, Ct);

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
            Sync(); // A quota takes back what was deleted when the transaction ends.
            return false;
        }
    }

    protected override ByteSize? SizeOf(VolumeName name, string file) =>
        new FileInfo(Path.Combine(PathOf(name), file)) is { Exists: true } info ? new ByteSize(info.Length) : null;

    protected override ValueTask MakeWithoutLimitAsync(VolumeName name)
    {
        Tool.Run("btrfs", "subvolume", "create", PathOf(name));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (fixture is { Storage: not null })
        {
            await RemoveVolumesAsync();
            await UntilFreedAsync();
        }
    }

    [Fact]
    public async Task Only_subvolumes_named_by_a_digest_are_ours()
    {
        var folder = Digest.Of("folder"u8).ToString();
        var link = Digest.Of("link"u8).ToString();
        Directory.CreateDirectory(Path.Combine(Volumes, folder));
        Directory.CreateSymbolicLink(Path.Combine(Volumes, link), fixture.Root);
        Tool.Run("btrfs", "subvolume", "create", Path.Combine(Volumes, "by-hand"));
        try
        {
            Assert.Empty(await Storage.ListVolumesAsync(Ct));
            await Storage.RemoveVolumeAsync(new VolumeName(PoolName, Digest.Of("folder"u8)), Ct);
            await Storage.RemoveVolumeAsync(new VolumeName(PoolName, Digest.Of("link"u8)), Ct);
            await Assert.ThrowsAnyAsync<Exception>(
                async () => await Storage.EnsureVolumeAsync(new VolumeName(PoolName, Digest.Of("link"u8)), MiB(16), Ct));

            Assert.True(Directory.Exists(Path.Combine(Volumes, folder)));
            Assert.True(Directory.Exists(Path.Combine(Volumes, link)));
        }
        finally
        {
            Directory.Delete(Path.Combine(Volumes, folder));
            File.Delete(Path.Combine(Volumes, link));
            Tool.Run("btrfs", "subvolume", "delete", "--commit-after", Path.Combine(Volumes, "by-hand"));
        }
    }

    [Fact]
    public async Task Subvolumes_that_a_tenant_made_inside_go_with_the_volume()
    {
        var name = Name();
        await Storage.EnsureVolumeAsync(name, MiB(16), Ct);
        Directory.CreateDirectory(Path.Combine(PathOf(name), "folder"));
        Tool.Run("btrfs", "subvolume", "create", Path.Combine(PathOf(name), "folder", "inner"));
        Tool.Run("btrfs", "subvolume", "create", Path.Combine(PathOf(name), "folder", "inner", "most"));

        await Storage.RemoveVolumeAsync(name, Ct);

        Assert.Empty(await Storage.ListVolumesAsync(Ct));
        Assert.False(Directory.Exists(PathOf(name)));
    }

    [Fact]
    public async Task A_volume_that_is_gone_leaves_no_quota_group()
    {
        var name = Name();
        await Storage.EnsureVolumeAsync(name, MiB(16), Ct);
        var id = Tool.Run("btrfs", "inspect-internal", "rootid", PathOf(name));
        Assert.Contains($"0/{id} ", Tool.Run("btrfs", "qgroup", "show", Volumes), StringComparison.Ordinal);

        await Storage.RemoveVolumeAsync(name, Ct);
        await UntilFreedAsync();
        await ReopenAsync();

        Assert.DoesNotContain($"0/{id} ", Tool.Run("btrfs", "qgroup", "show", Volumes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_used_and_the_limit_are_what_btrfs_itself_says()
    {
        var name = Name();
        await Storage.EnsureVolumeAsync(name, MiB(16), Ct);
        Assert.True(await TryWriteAsync(name, "file", MiB(5)));
        Sync();

        var volume = Assert.Single(await Storage.ListVolumesAsync(Ct));
        var id = Tool.Run("btrfs", "inspect-internal", "rootid", PathOf(name));
        var row = Tool.Run("btrfs", "qgroup", "show", "--raw", "-r", Volumes).Split('\n').Single(
            line => line.StartsWith($"0/{id} ", StringComparison.Ordinal));

        var columns = row.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([$"{volume.Used.Bytes}", $"{volume.Limit?.Bytes}"], [columns[1], columns[3]]);
        Assert.InRange(volume.Used.Bytes, MiB(5).Bytes, MiB(6).Bytes);
        Assert.Equal(PathOf(name), volume.Path);
    }

    [Fact]
    public async Task More_volumes_than_fit_one_answer_of_the_kernel_are_all_listed()
    {
        for (var i = 0; i < 150; i++)
        {
            await Storage.EnsureVolumeAsync(Name($"{i}"), MiB(i + 1), Ct);
        }

        var volumes = (await Storage.ListVolumesAsync(Ct)).ToDictionary(volume => volume.Name, volume => volume.Limit);

        Assert.Equal(150, volumes.Count);
        Assert.All(
            Enumerable.Range(0, 150),
            i => Assert.Equal(MiB(i + 1), volumes[Name($"{i}", nameof(More_volumes_than_fit_one_answer_of_the_kernel_are_all_listed))]));
    }

    /// <summary>The kernel frees in the background, woken by each sync; the next test wants the whole pool.</summary>
    private async Task UntilFreedAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        while (Tool.Run("btrfs", "subvolume", "list", "-d", Volumes).Length > 0)
        {
            Sync();
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
        }
    }

    private void Sync() => Tool.Run("btrfs", "filesystem", "sync", Volumes);

    private string PathOf(VolumeName name) => Path.Combine(Volumes, name.Owner.ToString());
}
