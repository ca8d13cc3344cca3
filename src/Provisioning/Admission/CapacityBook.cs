using Provision.Machine;
using Provision.Machine.Storage;
using Provision.Provisioning.Journal;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;

namespace Provision.Provisioning.Admission;

/// <summary>Asks the machine for its pools, and says from the last answer what the node has, offers and has promised.</summary>
public sealed class CapacityBook(Ledger ledger, IMachine machine, Policy policy)
{
    private readonly FactFinder facts = new(ledger, machine.Size, policy);
    private IReadOnlyList<Pool>? pools;

    /// <summary>The pools as they are now.</summary>
    /// <exception cref="FaultException">They cannot be asked for.</exception>
    public async Task<IReadOnlyList<Pool>> AskPoolsAsync(CancellationToken ct) => pools = await machine.Storage.ListPoolsAsync(ct);

    /// <summary>The capacity with the pools that were seen last; null before they were.</summary>
    public Capacity? Read() => pools is null ? null : Capacity.Of(machine.Size, pools, facts.Tell(pools));

    /// <summary>What of it goes into the node's registration.</summary>
    public NodeOffer? ReadOffer() => Read()?.ToOffer(policy.Users is null);
}
