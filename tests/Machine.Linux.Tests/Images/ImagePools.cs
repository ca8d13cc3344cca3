using Provision.Machine.Linux.Images;
using Provision.Machine.Linux.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Images;

/// <summary>Pools whose images may take 160 MiB.</summary>
public sealed class ImagesFixture() : ImagePools(new ByteSize(160L << 20));

/// <summary>Pools whose images may take 24 MiB.</summary>
public sealed class SmallImagesFixture() : ImagePools(new ByteSize(24L << 20));

/// <summary>Two real pools for a class of tests, and a farmer's folder.</summary>
public abstract class ImagePools(ByteSize imagesMax) : IAsyncLifetime
{
    private readonly TemporaryFolder temporary = new();

    public ByteSize ImagesMax => imagesMax;

    public LinuxMachineOptions Options => new(
        temporary.Of("root"),
        [.. new[] { "ssd", "other" }.Select(name => new PoolOptions(name, DiskType.Ssd)
        {
            LoopFile = new LoopFile(temporary.Of(name + ".btrfs"), new ByteSize(512L << 20)),
            ImagesMax = imagesMax,
        })])
    {
        ImagesFolder = temporary.Of("images"),
    };

    public LinuxStorage? Storage { get; private set; }

    public string FolderOf(string name) => temporary.Of(name);

    public string PoolFolderOf(string pool, string name) => Path.Combine(Options.Root, "pools", pool, name);

    public ValueTask<LinuxImages> OpenAsync(LinuxMachineOptions? options = null) =>
        LinuxImages.OpenAsync(Storage!, options ?? Options, TimeProvider.System, CancellationToken.None);

    /// <summary>Lets go of everything, at the end of a test.</summary>
    public static async ValueTask RemoveAllAsync(LinuxImages? images)
    {
        if (images is null)
        {
            return;
        }

        foreach (var image in await images.ListAsync(CancellationToken.None))
        {
            foreach (var holder in image.Holders)
            {
                await images.ReleaseAsync(image.Name, holder, CancellationToken.None);
            }
        }

        await images.CollectAsync(TimeSpan.Zero, CancellationToken.None);
    }

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
        GC.SuppressFinalize(this);
        if (Storage is not null)
        {
            await LinuxStorage.RemoveAsync(Options.Root, Options.Pools, CancellationToken.None);
        }

        temporary.Dispose();
    }
}
