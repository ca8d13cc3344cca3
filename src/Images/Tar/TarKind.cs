namespace Provision.Images.Tar;

/// <summary>The kinds of entry (POSIX.1-2017, pax, ustar interchange format; tar(5) for those of GNU).</summary>
internal static class TarKind
{
    public const byte OldFile = 0;
    public const byte File = (byte)'0';
    public const byte HardLink = (byte)'1';
    public const byte SymbolicLink = (byte)'2';
    public const byte CharacterDevice = (byte)'3';
    public const byte BlockDevice = (byte)'4';
    public const byte Folder = (byte)'5';
    public const byte Pipe = (byte)'6';
    public const byte ContiguousFile = (byte)'7';
    public const byte Pax = (byte)'x';
    public const byte PaxGlobal = (byte)'g';
    public const byte GnuLongName = (byte)'L';
    public const byte GnuLongLink = (byte)'K';
    public const byte GnuSparse = (byte)'S';

    /// <summary>A file with content.</summary>
    public static bool IsFile(byte kind) => kind is OldFile or File or ContiguousFile;

    /// <summary>No content follows, whatever the size says: some writers leave there the size of what a link points at.</summary>
    public static bool HasNoContent(byte kind) => kind is >= HardLink and <= Pipe;
}
