using Provision.Machine.Linux.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Storage;

/// <summary>One real pool for a class of tests, on a loop file of 512 MiB.</summary>
public sealed class PoolFixture() : LoopPool(512L << 20);

/// <summary>One real pool for a class of tests, with room for volumes of whole GiB.</summary>
public sealed class LargePoolFixture() : LoopPool(4L << 30);

/// <summary>A pool on a loop file, gone afterwards.</summary>
public abstract class LoopPool(long size) : IAsyncLifetime
{
    private readonly TemporaryFolder temporary = new();

    /// <summary>A folder beside the pool.</summary>
    public string FolderOf(string name) => temporary.Of(name);

    public static string PoolName => "ssd";

    public string Root => temporary.Of("root");

    public IReadOnlyList<PoolOptions> Options =>
        [new PoolOptions(PoolName, DiskType.Ssd) { LoopFile = new LoopFile(temporary.Of("ssd.btrfs"), new ByteSize(size)) }];

    public LinuxStorage? Storage { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            Storage = await LinuxStorage.OpenAsync(Root, Options, CancellationToken.None);
        }
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Storage is not null)
        {
            await LinuxStorage.RemoveAsync(Root, Options, CancellationToken.None);
        }

        temporary.Dispose();
    }
}
