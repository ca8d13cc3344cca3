using System.Runtime.CompilerServices;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Conformance.Storage;

/// <summary>What every <see cref="IStorage"/> does. Tests may share a pool: each owns only volumes named after itself.</summary>
public abstract class StorageConformance
{
    /// <summary>The storage under test.</summary>
    protected abstract IStorage Storage { get; }

    /// <summary>A pool of it, of at least 128 MiB.</summary>
    protected abstract string PoolName { get; }

    /// <summary>The same pools through a new instance, as a restarted daemon has them.</summary>
    protected abstract ValueTask<IStorage> ReopenAsync();

    /// <summary>A tenant writes a file of this size; false when there was no room for it.</summary>
    protected abstract ValueTask<bool> TryWriteAsync(VolumeName name, string file, ByteSize size);

    /// <summary>The size of a tenant's file; null when there is none.</summary>
    protected abstract ByteSize? SizeOf(VolumeName name, string file);

    /// <summary>Leaves a volume as a crash in the middle of making it does: without a limit.</summary>
    protected abstract ValueTask MakeWithoutLimitAsync(VolumeName name);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ensuring_twice_is_the_same_as_once_and_keeps_the_data()
    {
        var name = Name();
        await Storage.EnsureVolumeAsync(name, MiB(16), Ct);
        Assert.True(await TryWriteAsync(name, "kept", MiB(1)));

        await Storage.EnsureVolumeAsync(name, MiB(16), Ct);

        Assert.Equal(MiB(1), SizeOf(name, "kept"));
        Assert.Equal(MiB(16), (await FindAsync(Storage, name))?.Limit);
    }

    [Fact]
    public async Task A_volume_holds_its_limit_and_no_more()
    {
        var name = Name();
        await Storage.EnsureVolumeAsync(name, MiB(16), Ct);

        Assert.True(await TryWriteAsync(name, "fits", MiB(15)));
        Assert.False(await TryWriteAsync(name, "does-not", MiB(2)));
    }

    [Fact]
    public async Task A_raised_limit_lets_more_in_and_a_lowered_one_stops_writers_and_keeps_the_data()
    {
        var name = Name();
        await Storage.EnsureVolumeAsync(name, MiB(8), Ct);
        Assert.False(await TryWriteAsync(name, "large", MiB(12)));

        await Storage.EnsureVolumeAsync(name, MiB(24), Ct);
        Assert.True(await TryWriteAsync(name, "large", MiB(12)));

        await Storage.EnsureVolumeAsync(name, MiB(8), Ct);
        Assert.False(await TryWriteAsync(name, "more", MiB(1)));
        Assert.Equal(MiB(12), SizeOf(name, "large"));
        Assert.Equal(MiB(8), (await FindAsync(Storage, name))?.Limit);
    }

    [Fact]
    public async Task A_volume_left_without_a_limit_says_so_and_gets_one_from_the_next_ensure()
    {
        var name = Name();
        await MakeWithoutLimitAsync(name);
        Assert.Null(Assert.IsType<Volume>(await FindAsync(Storage, name)).Limit);

        await Storage.EnsureVolumeAsync(name, MiB(16), Ct);

        Assert.Equal(MiB(16), (await FindAsync(Storage, name))?.Limit);
        Assert.False(await TryWriteAsync(name, "does-not", MiB(17)));
    }

    [Fact]
    public async Task A_removed_volume_is_gone_and_removing_it_again_is_nothing()
    {
        var name = Name();
        await Storage.EnsureVolumeAsync(name, MiB(16), Ct);
        Assert.True(await TryWriteAsync(name, "lost", MiB(1)));

        await Storage.RemoveVolumeAsync(name, Ct);
        await Storage.RemoveVolumeAsync(name, Ct);

        Assert.Null(await FindAsync(Storage, name));
    }

    [Fact]
    public async Task A_volume_made_again_after_its_removal_is_empty()
    {
        var name = Name();
        await Storage.EnsureVolumeAsync(name, MiB(16), Ct);
        Assert.True(await TryWriteAsync(name, "lost", MiB(12)));
        await Storage.RemoveVolumeAsync(name, Ct);

        await Storage.EnsureVolumeAsync(name, MiB(16), Ct);

        Assert.Null(SizeOf(name, "lost"));
        Assert.True(await TryWriteAsync(name, "new", MiB(12)));
    }

    [Fact]
    public async Task Removing_what_was_never_made_is_nothing()
    {
        await Storage.RemoveVolumeAsync(Name(), Ct);
        await Storage.RemoveVolumeAsync(Name() with { Pool = "no-such-pool" }, Ct);
    }

    [Fact]
    public async Task A_volume_in_an_unknown_pool_is_not_found()
    {
        var fault = await Throws.FaultAsync(
            FaultCode.NotFound, async () => await Storage.EnsureVolumeAsync(Name() with { Pool = "no-such-pool" }, MiB(16), Ct));

        Assert.Contains("no-such-pool", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_of_nothing_is_a_mistake_of_the_caller() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Storage.EnsureVolumeAsync(Name(), ByteSize.Zero, Ct));

    [Fact]
    public async Task Two_owners_side_by_side_do_not_notice_each_other()
    {
        var (first, second) = (Name("first"), Name("second"));
        await Storage.EnsureVolumeAsync(first, MiB(16), Ct);
        await Storage.EnsureVolumeAsync(second, MiB(8), Ct);
        Assert.True(await TryWriteAsync(first, "file", MiB(12)));
        Assert.True(await TryWriteAsync(second, "file", MiB(1)));

        await Storage.RemoveVolumeAsync(first, Ct);

        Assert.Null(await FindAsync(Storage, first));
        Assert.Equal(MiB(8), (await FindAsync(Storage, second))?.Limit);
        Assert.Equal(MiB(1), SizeOf(second, "file"));
    }

    [Fact]
    public async Task Volumes_are_listed_by_pool_and_name()
    {
        VolumeName[] made = [Name("a"), Name("b"), Name("c")];
        foreach (var name in made)
        {
            await Storage.EnsureVolumeAsync(name, MiB(16), Ct);
        }

        var listed = (await Storage.ListVolumesAsync(Ct)).Select(volume => volume.Name).ToList();

        Assert.Subset(listed.ToHashSet(), made.ToHashSet());
        Assert.Equal(listed.OrderBy(name => name.ToString(), StringComparer.Ordinal), listed);
    }

    [Fact]
    public async Task A_restarted_daemon_finds_its_volumes()
    {
        var name = Name();
        await Storage.EnsureVolumeAsync(name, MiB(16), Ct);
        Assert.True(await TryWriteAsync(name, "kept", MiB(12)));

        var reopened = await ReopenAsync();
        await reopened.EnsureVolumeAsync(name, MiB(16), Ct);

        Assert.Equal(await FindAsync(Storage, name), await FindAsync(reopened, name));
        Assert.Equal(MiB(12), SizeOf(name, "kept"));
        Assert.False(await TryWriteAsync(name, "does-not", MiB(8)));
    }

    [Fact]
    public async Task The_pool_tells_its_size_and_limits_together_may_exceed_it()
    {
        var pool = Assert.Single(await Storage.ListPoolsAsync(Ct), pool => pool.Name == PoolName);
        Assert.True(pool.Size >= MiB(128), $"{pool.Size} is less than a test needs");
        Assert.True(pool.Used < pool.Size, $"{pool.Used} of {pool.Size} is in use");

        await Storage.EnsureVolumeAsync(Name("a"), pool.Size, Ct);
        await Storage.EnsureVolumeAsync(Name("b"), pool.Size, Ct);

        Assert.Equal(pool.Size, (await FindAsync(Storage, Name("b")))?.Limit);
    }

    [Fact]
    public async Task Volumes_can_hold_together_what_the_pool_promises()
    {
        var pool = Assert.Single(await Storage.ListPoolsAsync(Ct), pool => pool.Name == PoolName);
        var half = new ByteSize(pool.Size.Bytes / 2);
        var slack = MiB(1); // A file system counts its own notes about a file into the volume.
        await Storage.EnsureVolumeAsync(Name("a"), half, Ct);
        await Storage.EnsureVolumeAsync(Name("b"), half, Ct);

        Assert.True(await TryWriteAsync(Name("a"), "half", half - slack));
        Assert.True(await TryWriteAsync(Name("b"), "half", half - slack));
    }

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

    /// <summary>A volume of the calling test.</summary>
    protected VolumeName Name(string which = "", [CallerMemberName] string test = "") =>
        new(PoolName, Digest.Of(System.Text.Encoding.UTF8.GetBytes($"{test} {which}")));

    private static async Task<Volume?> FindAsync(IStorage storage, VolumeName name) =>
        (await storage.ListVolumesAsync(Ct)).SingleOrDefault(volume => volume.Name == name);
}
