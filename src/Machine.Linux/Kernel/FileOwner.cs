using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Provision.Machine.Linux.Kernel;

/// <summary>Whose a file or folder is, and what (statx(2)). A symbolic link is what it leads to.</summary>
/// <param name="User">The number of the user.</param>
/// <param name="Mode">Kind and permissions, as st_mode of inode(7).</param>
public readonly record struct FileOwner(uint User, int Mode)
{
    private const int AtWorkingFolder = -100;
    private const int ItselfFlag = 0x1000; // AT_EMPTY_PATH
    private const uint KindModeAndUser = 0x1 | 0x2 | 0x8;
    private const int StatusSize = 256;

    /// <summary>True for a file that has content of its own: no folder, pipe, socket or device.</summary>
    public bool IsFile => (Mode & 0xf000) == 0x8000;

    /// <summary>True for a disk, a part of one, or what is used as such.</summary>
    public bool IsBlockDevice => (Mode & 0xf000) == 0x6000;

    /// <summary>True when another user than root may change it, or is its owner and may allow himself to.</summary>
    public bool IsInOtherHands => User != 0 || (Mode & 0x12) != 0;

    /// <summary>
    /// True for a folder in which another user than root may put one thing in place of another. Where the sticky bit is set, nobody moves
    /// what is not his.
    /// </summary>
    public bool IsFolderInOtherHands => User != 0 || ((Mode & 0x12) != 0 && (Mode & 0x200) == 0);

    /// <summary>The file at this path; null when nothing can be said about it.</summary>
    public static FileOwner? Find(string path) => Find(AtWorkingFolder, path, 0);

    /// <summary>The file that is open, whatever has its name by now.</summary>
    public static FileOwner? Find(SafeFileHandle file) => Find((int)file.DangerousGetHandle(), "", ItselfFlag);

    private static FileOwner? Find(int folder, string path, int flags)
    {
        Span<byte> status = stackalloc byte[StatusSize];
        return Libc.Stat(folder, path, flags, KindModeAndUser, status) == 0
            ? new FileOwner(MemoryMarshal.Read<uint>(status[20..]), MemoryMarshal.Read<ushort>(status[28..]))
            : null;
    }
}
