using System.Runtime.InteropServices;

namespace Provision.Images.Files;

/// <summary>What the kernel says of a file (statx(2)).</summary>
/// <param name="Mode">Kind and permissions, as st_mode of inode(7).</param>
/// <param name="Size">Bytes.</param>
/// <param name="Inode">Its number on its device.</param>
/// <param name="Device">Major and minor number of the device it lies on.</param>
internal readonly record struct FileStatus(int Mode, long Size, ulong Inode, ulong Device)
{
    private const int KindMask = 0xf000;

    public bool IsFolder => (Mode & KindMask) == 0x4000;

    public bool IsFile => (Mode & KindMask) == 0x8000;

    public bool IsSymbolicLink => (Mode & KindMask) == 0xa000;

    /// <summary>The kind, in words.</summary>
    public string Kind => (Mode & KindMask) switch
    {
        0x1000 => "a named pipe",
        0x2000 or 0x6000 => "a device",
        0x4000 => "a folder",
        0x8000 => "a file",
        0xa000 => "a symbolic link",
        0xc000 => "a socket",
        _ => "of no kind that is known",
    };

    /// <summary>From struct statx, which is the same on every processor; numbers are in the machine's order.</summary>
    public static FileStatus Read(ReadOnlySpan<byte> status) => new(
        MemoryMarshal.Read<ushort>(status[28..]),
        MemoryMarshal.Read<long>(status[40..]),
        MemoryMarshal.Read<ulong>(status[32..]),
        ((ulong)MemoryMarshal.Read<uint>(status[136..]) << 32) | MemoryMarshal.Read<uint>(status[140..]));
}
