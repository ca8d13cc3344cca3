using Provision.Machine.Conformance.Images;
using Provision.Machine.Conformance.Networks;
using Provision.Machine.Containers;
using Provision.Machine.Networks;
using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Machine.Conformance.Containers;

/// <summary>What suites of containers and networks need of a machine.</summary>
public interface ITestMachine
{
    /// <summary>The containers under test.</summary>
    IContainers Containers { get; }

    /// <summary>The networks of the same machine.</summary>
    INetworks Networks { get; }

    /// <summary>The storage of the same machine.</summary>
    IStorage Storage { get; }

    /// <summary>A pool of it, of at least 128 MiB.</summary>
    string PoolName { get; }

    /// <summary>Has the image unpacked in the pool, for good; one that is there already is left alone.</summary>
    ValueTask<Digest> PutImageAsync(TestImage image);

    /// <summary>From now on containers and networks are those of a restarted daemon. What ran runs on.</summary>
    ValueTask ReopenAsync();

    /// <summary>The machine is booted: nothing runs, disks stay, and containers and networks are those of a new daemon.</summary>
    ValueTask RebootAsync();

    /// <summary>Kills what supervises this container, and nothing else, without the port knowing.</summary>
    ValueTask KillSupervisorAsync(Digest owner);

    /// <summary>Takes this away as somebody else would, without the port knowing.</summary>
    ValueTask DamageAsync(Damage damage, MemberOrder member);

    /// <summary>The size of a file in a volume or root; null when there is none.</summary>
    ByteSize? SizeOf(VolumeName name, string file);
}
