using System.Runtime.CompilerServices;
using Provision.Machine.Conformance.Images;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Conformance.Storage;

/// <summary>
/// What every <see cref="IStorage"/> does with roots. Tests may share a pool: each owns only roots named after itself. What holds for
/// every volume is in <see cref="StorageConformance"/>.
/// </summary>
public abstract class RootsConformance
{
    /// <summary>The storage under test.</summary>
    protected abstract IStorage Storage { get; }

    /// <summary>A pool of it, of at least 128 MiB.</summary>
    protected abstract string PoolName { get; }

    /// <summary>The same pools through a new instance, as a restarted daemon has them.</summary>
    protected abstract ValueTask<IStorage> ReopenAsync();

    /// <summary>Has the image unpacked in the pool, for good; one that is there already is left alone.</summary>
    protected abstract ValueTask<Digest> PutImageAsync(TestImage image);

    /// <summary>A tenant writes a file of this size, in place of what had that name; false when there was no room for it.</summary>
    protected abstract ValueTask<bool> TryWriteAsync(VolumeName name, string file, ByteSize size);

    /// <summary>The size of a file in a root; null when there is none.</summary>
    protected abstract ByteSize? SizeOf(VolumeName name, string file);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_root_begins_as_its_image()
    {
        var name = await MakeAsync(Limit);

        Assert.Equal(MiB(32), SizeOf(name, "large"));
        Assert.Equal(new ByteSize("large".Length), SizeOf(name, "name"));
        Assert.Null(SizeOf(name, "not-there"));
    }

    [Fact]
    public async Task The_limit_counts_only_what_is_not_shared_with_the_image()
    {
        var name = await MakeAsync(Limit);
        var used = Assert.IsType<Volume>(await FindAsync(Storage, name)).Used;
        Assert.True(used <= MiB(1), $"{used} of a root of 32 MiB that nothing was written to");

        Assert.True(await TryWriteAsync(name, "fits", MiB(14)));
        Assert.False(await TryWriteAsync(name, "does-not", MiB(4)));
    }

    [Fact]
    public async Task What_is_written_over_a_file_of_the_image_counts()
    {
        var name = await MakeAsync(Limit);

        Assert.False(await TryWriteAsync(name, "large", MiB(24)));
        Assert.True(await TryWriteAsync(name, "name", MiB(14)));
        Assert.False(await TryWriteAsync(name, "does-not", MiB(4)));
    }

    [Fact]
    public async Task Ensuring_twice_is_the_same_as_once_and_keeps_what_was_written()
    {
        var name = await MakeAsync(Limit);
        Assert.True(await TryWriteAsync(name, "kept", MiB(2)));
        Assert.True(await TryWriteAsync(name, "name", MiB(1)));

        await Storage.EnsureRootAsync(name, await ImageAsync(), Limit, Ct);

        Assert.Equal((MiB(2), MiB(1)), (SizeOf(name, "kept"), SizeOf(name, "name")));
        Assert.Equal(Limit, (await FindAsync(Storage, name))?.Limit);
    }

    [Fact]
    public async Task A_raised_limit_lets_more_in_and_a_lowered_one_stops_writers_and_keeps_the_data()
    {
        var name = await MakeAsync(MiB(8));
        Assert.False(await TryWriteAsync(name, "more", MiB(12)));

        await Storage.EnsureRootAsync(name, await ImageAsync(), MiB(24), Ct);
        Assert.True(await TryWriteAsync(name, "more", MiB(12)));

        await Storage.EnsureRootAsync(name, await ImageAsync(), MiB(8), Ct);
        Assert.False(await TryWriteAsync(name, "still-more", MiB(1)));
        Assert.Equal(MiB(12), SizeOf(name, "more"));
        Assert.Equal(MiB(8), (await FindAsync(Storage, name))?.Limit);
    }

    [Fact]
    public async Task Two_roots_of_one_image_do_not_notice_each_other()
    {
        var (first, second) = (await MakeAsync(Limit, "first"), await MakeAsync(Limit, "second"));
        Assert.True(await TryWriteAsync(first, "own", MiB(12)));
        Assert.True(await TryWriteAsync(first, "name", MiB(1)));

        Assert.Null(SizeOf(second, "own"));
        Assert.Equal(new ByteSize("large".Length), SizeOf(second, "name"));
        Assert.True(await TryWriteAsync(second, "own", MiB(14)));
    }

    [Fact]
    public async Task A_root_is_listed_and_removed_like_a_volume_and_removing_it_again_is_nothing()
    {
        var (name, volume) = (await MakeAsync(Limit, "b"), Name("a"));
        await Storage.EnsureVolumeAsync(volume, MiB(16), Ct);
        var listed = (await Storage.ListVolumesAsync(Ct)).Select(one => one.Name).ToList();
        Assert.Subset(listed.ToHashSet(), new HashSet<VolumeName> { name, volume });
        Assert.Equal(listed.OrderBy(one => one.ToString(), StringComparer.Ordinal), listed);

        await Storage.RemoveVolumeAsync(name, Ct);
        await Storage.RemoveVolumeAsync(name, Ct);

        Assert.Null(await FindAsync(Storage, name));
        Assert.NotNull(await FindAsync(Storage, volume));
    }

    [Fact]
    public async Task The_removal_of_a_root_touches_neither_the_image_nor_another_root()
    {
        var (removed, other) = (await MakeAsync(Limit, "removed"), await MakeAsync(Limit, "other"));
        Assert.True(await TryWriteAsync(other, "own", MiB(1)));

        await Storage.RemoveVolumeAsync(removed, Ct);

        Assert.Equal((MiB(32), MiB(1)), (SizeOf(other, "large"), SizeOf(other, "own")));
        Assert.Equal(MiB(32), SizeOf(await MakeAsync(Limit, "new"), "large"));
    }

    [Fact]
    public async Task A_root_made_again_after_its_removal_begins_as_its_image()
    {
        var name = await MakeAsync(Limit);
        Assert.True(await TryWriteAsync(name, "name", MiB(12)));
        await Storage.RemoveVolumeAsync(name, Ct);

        await Storage.EnsureRootAsync(name, await ImageAsync(), Limit, Ct);

        Assert.Equal(new ByteSize("large".Length), SizeOf(name, "name"));
        Assert.True(await TryWriteAsync(name, "own", MiB(12)));
    }

    [Fact]
    public async Task A_restarted_daemon_finds_its_roots()
    {
        var name = await MakeAsync(Limit);
        Assert.True(await TryWriteAsync(name, "kept", MiB(12)));

        var reopened = await ReopenAsync();
        await reopened.EnsureRootAsync(name, await ImageAsync(), Limit, Ct);

        Assert.Equal(await FindAsync(Storage, name), await FindAsync(reopened, name));
        Assert.Equal((MiB(12), MiB(32)), (SizeOf(name, "kept"), SizeOf(name, "large")));
        Assert.False(await TryWriteAsync(name, "does-not", MiB(8)));
    }

    [Fact]
    public async Task An_image_or_a_pool_that_is_not_there_is_not_found_and_leaves_nothing()
    {
        var (name, missing) = (Name(), Digest.Of("no such image"u8));

        var noImage = await Throws.FaultAsync(FaultCode.NotFound, async () => await Storage.EnsureRootAsync(name, missing, Limit, Ct));
        var noPool = await Throws.FaultAsync(
            FaultCode.NotFound,
            async () => await Storage.EnsureRootAsync(name with { Pool = "no-such-pool" }, await ImageAsync(), Limit, Ct));

        Assert.Contains(missing.Short, noImage.What, StringComparison.Ordinal);
        Assert.Contains("no-such-pool", noPool.What, StringComparison.Ordinal);
        Assert.Null(await FindAsync(Storage, name));
    }

    [Fact]
    public async Task A_limit_of_nothing_is_a_mistake_of_the_caller() => await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
        async () => await Storage.EnsureRootAsync(Name(), await ImageAsync(), ByteSize.Zero, Ct));

    /// <summary>Removes what the tests of one class made; call it when a test is over.</summary>
    protected async ValueTask RemoveVolumesAsync()
    {
        foreach (var volume in await Storage.ListVolumesAsync(CancellationToken.None))
        {
            await Storage.RemoveVolumeAsync(volume.Name, CancellationToken.None);
        }
    }

    /// <summary>So many MiB.</summary>
    protected static ByteSize MiB(long count) => new(count << 20);

    private static ByteSize Limit => MiB(16);

    private VolumeName Name(string which = "", [CallerMemberName] string test = "") =>
        new(PoolName, Digest.Of(System.Text.Encoding.UTF8.GetBytes($"{test} {which}")));

    private ValueTask<Digest> ImageAsync() => PutImageAsync(TestImage.Of("large", "large", MiB(32).Bytes));

    private async Task<VolumeName> MakeAsync(ByteSize limit, string which = "", [CallerMemberName] string test = "")
    {
        var name = Name(which, test);
        await Storage.EnsureRootAsync(name, await ImageAsync(), limit, Ct);
        return name;
    }

    private static async Task<Volume?> FindAsync(IStorage storage, VolumeName name) =>
        (await storage.ListVolumesAsync(Ct)).SingleOrDefault(volume => volume.Name == name);
}
