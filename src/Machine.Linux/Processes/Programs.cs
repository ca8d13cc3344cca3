namespace Provision.Machine.Linux.Processes;

/// <summary>Every external program that the machine itself runs, with the Debian package that brings it.</summary>
public static class Programs
{
    /// <summary>Formats a pool (btrfs-progs).</summary>
    public const string MakeBtrfs = "mkfs.btrfs";

    /// <summary>Attaches a file to a block device (mount).</summary>
    public const string LoopSetup = "losetup";

    /// <summary>The package that brings a program.</summary>
    public static string PackageOf(string program) => program switch
    {
        MakeBtrfs => "btrfs-progs",
        LoopSetup => "mount",
        _ => throw new ArgumentOutOfRangeException(nameof(program), program, "This program is not in the list."),
    };
}
