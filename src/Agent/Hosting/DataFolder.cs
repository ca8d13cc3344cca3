using Provision.Reservations.Signing;

namespace Provision.Agent.Hosting;

/// <summary>Where a node keeps what is its own. Mode 0700.</summary>
internal sealed record DataFolder(string Path)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The node's key.</summary>
    public string Identity => In("identity.seed");

    /// <summary>The status socket.</summary>
    public string Socket => In("provisiond.sock");

    /// <summary>What the real machine needs: journal, pools, programs.</summary>
    public string Machine => In("machine");

    /// <summary>The file that holds the pool, where no devices are given.</summary>
    public string PoolFile => In("pool.img");

    /// <summary>The volumes of a simulated machine.</summary>
    public string SimulatedState => In("simulated.json");

    /// <summary>The journal, whichever machine it is.</summary>
    public string Journal => System.IO.Path.Combine(Machine, "journal");

    /// <summary>Which daemon a simulated machine belongs to; the real one has a lock of its own.</summary>
    public string Lock => In("lock");

    /// <summary>Makes the folder.</summary>
    public void Ensure()
    {
        Directory.CreateDirectory(Path, Private);
        File.SetUnixFileMode(Path, Private);
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

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
