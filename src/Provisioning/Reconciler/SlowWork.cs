using Provision.Provisioning.Saga;
using Provision.Reservations;

namespace Provision.Provisioning.Reconciler;

/// <summary>
/// Workloads whose next step strangers can make slow. Few hands at once hold such, and fewer those of one user; the others are parked in
/// the order in which they came. What lives, or has to go, is never parked.
/// </summary>
internal sealed class SlowWork(EngineOptions options)
{
    private readonly Dictionary<Workload, UserId> held = [];
    private readonly List<Workload> parked = [];

    /// <summary>How many are parked.</summary>
    public int Parked => parked.Count;

    /// <summary>True when a hand may take the workload now; else it is parked.</summary>
    public bool TryTake(Workload workload)
    {
        parked.Remove(workload);
        if (!IsSlow(workload))
        {
            return true;
        }

        if (!HasRoom(workload))
        {
            parked.Add(workload);
            return false;
        }

        held.Add(workload, workload.Reservation.User);
        return true;
    }

    /// <summary>The hand lets go; the workload that can be taken instead, if one is parked.</summary>
    public Workload? Release(Workload workload) => held.Remove(workload) ? parked.Find(HasRoom) : null;

    private bool HasRoom(Workload workload) =>
        held.Count < options.SlowHandsMax && held.Values.Count(user => user == workload.Reservation.User) < options.SlowHandsPerUser;

    private static bool IsSlow(Workload workload) =>
        workload is { State.Live: false, Next: Move.Do(var step) } && workload.Plan.Steps[step].IsSlow;
}
