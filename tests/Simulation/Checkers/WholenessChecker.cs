using Provision.Provisioning;

namespace Provision.Simulation.Checkers;

/// <summary>
/// Soon after the last fault everything that is said to live is there, and everything that is there is said to. Not on a node that lost
/// lines: what it does not know any more it keeps.
/// </summary>
public sealed class WholenessChecker : Checker
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(4);

    // A call that hung when the faults ended is over by then.
    private static readonly TimeSpan NetworksSoon = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public override void Calms(Fleet fleet, TimeSpan sinceFaults)
    {
        foreach (var node in fleet.Nodes.Where(node => !node.Damage.Any))
        {
            if (sinceFaults >= NetworksSoon)
            {
                CheckNetworks(node);
            }

            if (sinceFaults >= Soon)
            {
                CheckWorkloads(node);
            }
        }
    }

    private void CheckNetworks(FleetNode node)
    {
        foreach (var damage in Belongings.Now(node.Machine.Networks.MendAsync(CancellationToken.None).AsTask()).Mended)
        {
            Fail($"{node.Name}: {damage}");
        }
    }

    private void CheckWorkloads(FleetNode node)
    {
        var things = Belongings.All(node.Machine).ToLookup(thing => thing.Owner, thing => thing.What);
        var containers = Belongings.Containers(node.Machine).Where(container => container.Runs);
        var running = containers.Select(container => container.Owner).ToHashSet();
        foreach (var workload in node.Daemon!.Engine!.Ledger.Workloads)
        {
            Check(node, workload, things[workload.Digest], running.Contains(workload.Digest));
        }
    }

    private void Check(FleetNode node, Workload workload, IEnumerable<string> things, bool runs)
    {
        var state = workload.State;
        var name = $"{node.Name}: {workload.Reservation.Kind} {workload.Digest.Short}";
        if (state.Closed && things.Any())
        {
            Fail($"{name} is closed, and there is its {string.Join(", its ", things)}");
        }

        if (state is { Live: true, Degraded: null, Unwinding: false } && (workload.Watch is null ? !things.Any() : !runs))
        {
            Fail($"{name} is said to live, and {(workload.Watch is null ? "is not there" : "does not run")}");
        }

        if (state is { Live: true, Unwinding: false, Degraded: { } fault } && workload.Watch is null)
        {
            Fail($"{name} is still degraded: {fault}");
        }
    }
}
