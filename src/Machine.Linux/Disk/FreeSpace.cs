using Provision.Reservations;

namespace Provision.Machine.Linux.Disk;

/// <summary>How much more can be written at a path.</summary>
/// <param name="Folder">The folder, or the nearest above it that is there.</param>
/// <param name="Size">What can be written in it.</param>
public readonly record struct FreeSpace(string Folder, ByteSize Size)
{
    /// <summary>That of a folder, which need not be there.</summary>
    /// <param name="folder">Its full path.</param>
    public static FreeSpace At(string folder)
    {
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return new FreeSpace(folder, new ByteSize(new DriveInfo(folder).AvailableFreeSpace));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Size} free at {Folder}";
}
