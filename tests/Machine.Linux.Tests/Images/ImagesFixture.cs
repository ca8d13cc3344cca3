using Provision.Machine.Linux.Images;
using Provision.Machine.Linux.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Images;

/// <summary>Two real pools for a class of tests, with room for images, and a farmer's folder.</summary>
public sealed class ImagesFixture : IAsyncLifetime
{
    private readonly TemporaryFolder temporary = new();

    public static ByteSize ImagesMax => new(192L << 20);

    public LinuxMachineOptions Options => new(
        temporary.Of("root"),
        [.. new[] { "ssd", "other" }.Select(name => new PoolOptions(name, DiskType.Ssd)
        {
            LoopFile = new LoopFile(temporary.Of(name + ".btrfs"), new ByteSize(512L << 20)),
            ImagesMax = ImagesMax,
        })])
    {
        ImagesFolder = temporary.Of("images"),
    };

    public LinuxStorage? Storage { get; private set; }

    public string FolderOf(string name) => temporary.Of(name);

    public string PoolFolderOf(string pool, string name) => Path.Combine(Options.Root, "pools", pool, name);

    public ValueTask<LinuxImages> OpenAsync(LinuxMachineOptions? options = null) =>
        LinuxImages.OpenAsync(Storage!, options ?? Options, TimeProvider.System, CancellationToken.None);

    public async ValueTask InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            Directory.CreateDirectory(Options.ImagesFolder!);
            Storage = await LinuxStorage.OpenAsync(Options.Root, Options.Pools, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Storage is not null)
        {
            await LinuxStorage.RemoveAsync(Options.Root, Options.Pools, CancellationToken.None);
        }

        temporary.Dispose();
    }
}
