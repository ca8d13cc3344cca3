using Provision.Machine.Linux.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Storage;

/// <summary>One real pool for a class of tests, on a loop file of 512 MiB.</summary>
public sealed class PoolFixture : IAsyncLifetime
{
    private readonly TemporaryFolder temporary = new();

    public static string PoolName => "ssd";

    public string Root => temporary.Of("root");

    public IReadOnlyList<PoolOptions> Options =>
        [new PoolOptions(PoolName, DiskType.Ssd) { LoopFile = new LoopFile(temporary.Of("ssd.btrfs"), new ByteSize(512L << 20)) }];

    public LinuxStorage? Storage { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            Storage = await LinuxStorage.OpenAsync(Root, Options, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Storage is not null)
        {
            await LinuxStorage.RemoveAsync(Root, Options, CancellationToken.None);
        }

        temporary.Dispose();
    }
}
