namespace Provision.Machine.Linux.Processes;

/// <summary>Every external program that the machine itself runs, with the Debian package that brings it.</summary>
public static class Programs
{
    /// <summary>Formats a pool (btrfs-progs).</summary>
    public const string MakeBtrfs = "mkfs.btrfs";

    /// <summary>Attaches a file to a block device (mount).</summary>
    public const string LoopSetup = "losetup";

    /// <summary>Supervises a container: keeps its log, and how it ended (conmon).</summary>
    public const string Conmon = "conmon";

    /// <summary>Makes a container as the OCI runtime specification says (runc).</summary>
    public const string Runc = "runc";

    /// <summary>The same in half the time, where it works (crun).</summary>
    public const string Crun = "crun";

    /// <summary>Replaces the rules of a packet filter, all at once (nftables).</summary>
    public const string Nft = "nft";

    /// <summary>The package that brings a program.</summary>
    public static string PackageOf(string program) => program switch
    {
        MakeBtrfs => "btrfs-progs",
        LoopSetup => "mount",
        Nft => "nftables",
        Conmon or Runc or Crun => program,
        _ => throw new ArgumentOutOfRangeException(nameof(program), program, "This program is not in the list."),
    };
}
