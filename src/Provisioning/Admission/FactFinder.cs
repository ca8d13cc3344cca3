using System.Net;
using Provision.Machine;
using Provision.Machine.Storage;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Shared;
using Provision.Reservations;

namespace Provision.Provisioning.Admission;

/// <summary>What a plan is told of the machine: what there is, what the farmer offers, and what the ledger says of it.</summary>
internal sealed class FactFinder(Ledger ledger, MachineSize size, Policy policy)
{
    /// <summary>The facts for an order. What not every plan asks for is looked up when it is asked for, once.</summary>
    public MachineFacts Tell(Reservation order, IReadOnlyList<Pool> pools) => Tell(pools) with
    {
        Volumes = OnceAsked(() => FindVolumes(order)),
        Networks = OnceAsked(() => FindNetworks(order.User)),
        NetworksOfAll = ledger.Provided.Count(thing => ledger.ProvidersOf(thing).Any(workload => workload.Module is IProvidesNetwork)),
    };

    /// <summary>The facts for everybody.</summary>
    public MachineFacts Tell(IReadOnlyList<Pool> pools)
    {
        return new([.. pools.Select(pool =>
            new PoolFacts(pool.Name, pool.Type, policy.SizeOf(pool), ledger.Promised(pool.Name), Bound(pool.Type)))])
        {
            Cores = size.Cores,
            CoresBound = policy.Bounds.Cru,
            CoresPromised = ledger.CoresPromised,
            Memory = policy.MemoryOf(size),
            MemoryPromised = ledger.MemoryPromised,
        };

        Portion? Bound(DiskType type) => policy.BoundOf(type) is not { } bound ? null : new Portion(
            bound, new ByteSize(pools.Where(pool => pool.Type == type).Sum(pool => ledger.Promised(pool.Name).Bytes)));
    }

    private static IEnumerable<T> OnceAsked<T>(Func<IReadOnlyList<T>> find)
    {
        var found = new Lazy<IReadOnlyList<T>>(find);
        return Each();

        IEnumerable<T> Each()
        {
            foreach (var item in found.Value)
            {
                yield return item;
            }
        }
    }

    // The ids of both versions are the same words for other things, so each is told of its own.
    private IReadOnlyList<VolumeFacts> FindVolumes(Reservation order) =>
    [
        .. from workload in ledger.Workloads
           where workload.State is { Known: true, Unwinding: false, Expired: false, Closed: false }
           where workload.Reservation.User == order.User && workload.Reservation.IsVersion1 == order.IsVersion1
           let name = (workload.Module as IProvidesVolume)?.VolumeOf(workload.Plan)
           where name is not null
           orderby workload.Id.Reservation, workload.Id.Workload, workload.Digest.ToString()
           select new VolumeFacts(workload.Id, workload.Digest, name.Value),
    ];

    private IReadOnlyList<NetworkFacts> FindNetworks(UserId user) =>
    [
        .. from thing in ledger.Provided
           let versions = FindVersions(thing, user)
           where versions.Count > 0
           select new NetworkFacts(versions[0].Order.Network, versions, FindTaken(thing)),
    ];

    // Orders that are set aside hold what they made: nothing may be planned against it, and nothing on them.
    private IReadOnlyList<NetworkVersion> FindVersions(SharedName thing, UserId user) =>
    [
        .. from workload in ledger.ProvidersOf(thing)
           where workload.Reservation.User == user
           let order = (workload.Module as IProvidesNetwork)?.NetworkOf(workload.Plan)
           where order is not null
           orderby order.Version descending, order.Holder.ToString() descending
           select new NetworkVersion(workload.Id, order, workload.State.Unwinding || ledger.SetAside.ContainsKey(workload.Digest)),
    ];

    private Dictionary<IPAddress, ReservationId> FindTaken(SharedName thing)
    {
        var taken = new Dictionary<IPAddress, ReservationId>();
        foreach (var workload in ledger.UsersOf(thing))
        {
            foreach (var address in (workload.Module as IJoinsNetwork)?.AddressesOf(workload.Plan) ?? [])
            {
                taken[address] = workload.Id;
            }
        }

        return taken;
    }
}
