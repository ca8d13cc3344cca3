namespace Provision.Machine.Linux.Kernel;

/// <summary>How a path may be followed (openat2(2)).</summary>
[Flags]
internal enum Resolve
{
    /// <summary>RESOLVE_NO_MAGICLINKS: not through links as those in <c>/proc/PID/fd</c>.</summary>
    NoMagicLinks = 0x2,

    /// <summary>RESOLVE_NO_SYMLINKS: through no symbolic link, the last part included.</summary>
    NoLinks = 0x4,

    /// <summary>RESOLVE_BENEATH: nowhere above the folder.</summary>
    Beneath = 0x8,

    /// <summary>RESOLVE_IN_ROOT: the folder is <c>/</c> for absolute paths, links and <c>..</c>.</summary>
    InRoot = 0x10,
}
