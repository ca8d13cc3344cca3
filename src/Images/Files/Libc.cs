using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Provision.Images.Files;

/// <summary>
/// The calls that look at a file without following links, which .NET does not offer. Each is in section 2 of the manual under its name.
/// </summary>
internal static partial class Libc
{
    public const int WorkingFolder = -100;
    public const int StatNoFollow = 0x100;
    public const int StatEmptyPath = 0x1000;
    public const int StatBasic = 0x7ff;
    public const int StatSize = 256;

    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int NotPermitted = 1;
    public const int NoSuchFile = 2;
    public const int AccessDenied = 13;
    public const int NotAFolder = 20;
    public const int NameTooLong = 36;
    public const int TooManyLinks = 40;

    private const string Library = "libc";

    // open(2): these two differ between processor families.
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
    public static readonly int Directory = Arm ? 0x4000 : 0x10000;
    public static readonly int NoFollow = Arm ? 0x8000 : 0x20000;

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(int folder, string path, int flags);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(SafeFileHandle folder, string path, int flags);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Stat(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Stat(SafeFileHandle folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLinkAt(SafeFileHandle folder, string path, Span<byte> target, nuint size);
}
