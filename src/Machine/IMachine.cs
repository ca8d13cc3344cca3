using Provision.Machine.Clock;
using Provision.Machine.Containers;
using Provision.Machine.Disk;
using Provision.Machine.Images;
using Provision.Machine.Keys;
using Provision.Machine.Networks;
using Provision.Machine.Processes;
using Provision.Machine.Storage;
using Provision.Reservations.Faults;

namespace Provision.Machine;

/// <summary>
/// One Linux box as verbs. Every verb that changes something is <c>Ensure</c> or <c>Remove</c> and idempotent: it may be repeated after
/// a crash at any moment. Expected failures are thrown as <see cref="FaultException"/>; anything else is a bug.
/// Every created thing carries its owner's digest in its name, so that it can be found without a database.
/// </summary>
public interface IMachine
{
    /// <summary>Where the journal lives.</summary>
    IDisk Disk { get; }

    /// <summary>Pools and volumes.</summary>
    IStorage Storage { get; }

    /// <summary>Unpacked images.</summary>
    IImages Images { get; }

    /// <summary>Private networks of users.</summary>
    INetworks Networks { get; }

    /// <summary>Containers.</summary>
    IContainers Containers { get; }

    /// <summary>The node's private key, for what needs it.</summary>
    IKeys Keys { get; }

    /// <summary>How much there is to lease beside the pools.</summary>
    MachineSize Size { get; }

    /// <summary>Programs that outlive the daemon.</summary>
    IProcesses Processes { get; }

    /// <summary>Wall time, and time since boot.</summary>
    IMachineClock Clock { get; }

    /// <summary>
    /// What this machine cannot do, each with what is missing and its remedy; empty on a whole one. Found out when the machine is taken in
    /// hand, and the same until it is let go. What exists of it is listed, and may be removed, as far as that goes without what is missing.
    /// </summary>
    IReadOnlyDictionary<Ability, Fault> Lacking { get; }
}
