using Provision.Reservations;

namespace Provision.Provisioning;

/// <summary>What a node carries: computed from its workloads whenever somebody asks, never counted up and down.</summary>
/// <param name="Open">How many workloads of each kind are not closed.</param>
/// <param name="Units">What they take of the node's capacity.</param>
public sealed record Counters(IReadOnlyDictionary<string, int> Open, ResourceUnits Units)
{
    /// <summary>The counters of these workloads.</summary>
    public static Counters Of(IEnumerable<Workload> workloads)
    {
        var open = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var units = default(ResourceUnits);
        foreach (var workload in workloads.Where(workload => !workload.State.Closed))
        {
            open[workload.Reservation.Kind] = open.GetValueOrDefault(workload.Reservation.Kind) + 1;
            units += workload.Module!.Units(workload.Reservation.Spec);
        }

        return new Counters(open, units);
    }
}
