using Provision.Machine.Linux.Kernel;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Agent.Hosting;

/// <summary>Where a node keeps what is its own. Mode 0700.</summary>
internal sealed record DataFolder(string Path)
{
    /// <summary>Where it is unless somebody chose another place.</summary>
    public const string Default = "/var/lib/provisiond";

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The node's key.</summary>
    public string Identity => In("identity.seed");

    /// <summary>The status socket.</summary>
    public string Socket => In("provisiond.sock");

    /// <summary>What the real machine needs: journal, pools, programs.</summary>
    public string Machine => In("machine");

    /// <summary>The file that holds the pool, where no devices are given.</summary>
    public string PoolFile => In("pool.img");

    /// <summary>What a simulated machine holds.</summary>
    public string SimulatedState => In("simulated.json");

    /// <summary>Where the farmer puts images for everybody.</summary>
    public string Images => In("images");

    /// <summary>The journal, whichever machine it is.</summary>
    public string Journal => System.IO.Path.Combine(Machine, "journal");

    /// <summary>Which daemon a simulated machine belongs to; the real one has a lock of its own.</summary>
    public string Lock => In("lock");

    /// <summary>Makes the folder, or takes one that is empty or a node's already.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Denied"/>: it holds other things, or is another user's.</exception>
    public void Ensure()
    {
        RequireOurs();
        Directory.CreateDirectory(Path, Private);
        RequireOwner();
        File.SetUnixFileMode(Path, Private);
        Directory.CreateDirectory(Images, Private);
    }

    /// <summary>
    /// Takes away what a node keeps here, and the folder when nothing else is in it: images are the farmer's, and stay. The machine is no
    /// longer in hand.
    /// </summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Denied"/>: it is no node's folder.</exception>
    public void Remove()
    {
        RequireOurs();
        foreach (var name in Names.Where(File.Exists))
        {
            File.Delete(name);
        }

        if (Directory.Exists(Machine))
        {
            Directory.Delete(Machine, recursive: true);
        }

        RemoveEmpty(Images);
        RemoveEmpty(Path);
    }

    private static void RemoveEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    /// <summary>Returns when the folder is not there, empty, or a node's.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Denied"/>: it holds other things.</exception>
    public void RequireOurs()
    {
        // Images may be there before the first start, and after the last.
        var isNodes = Directory.Exists(Machine) || Names.Any(File.Exists);
        if (!isNodes && Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any(entry => entry != Images))
        {
            throw new FaultException(
                FaultCode.Denied,
                $"{Path} is not the folder of a node: it holds other things",
                "Name the node's folder, or an empty one, with --data.");
        }
    }

    /// <summary>Returns when nobody but us can put other things into the folder.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Denied"/>: it is another user's.</exception>
    public void RequireOwner()
    {
        if (Environment.IsPrivilegedProcess && FileOwner.Find(Path) is { User: not 0 } owner)
        {
            throw new FaultException(
                FaultCode.Denied,
                $"{Path} belongs to user {owner.User}, who could put another key into it",
                $"Name another folder with --data, or take it: chown -R root {Path}");
        }
    }

    /// <summary>The node's key, made at the first start.</summary>
    public KeyPair LoadIdentity()
    {
        if (!File.Exists(Identity))
        {
            SeedFile.Save(Identity, KeyPair.Create());
        }

        return SeedFile.Load(Identity);
    }

    // The last to go is what shows that the folder is a node's.
    private string[] Names => [Socket, PoolFile, SimulatedState, SimulatedState + ".new", Identity, Identity + ".new", Lock];

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
