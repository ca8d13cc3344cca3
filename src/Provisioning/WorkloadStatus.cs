using Provision.Provisioning.Saga;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Provisioning;

/// <summary>How one workload stands.</summary>
/// <param name="Id">The explorer's alias.</param>
/// <param name="Digest">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="IsVersion1">True when it was signed by the scheme of Zero-OS, which leaves out ids and dates.</param>
/// <param name="State">
/// A word for people: <c>waiting</c>, <c>starting</c>, <c>live</c>, <c>degraded</c>, <c>expired</c>, <c>removing</c>, <c>stuck</c>.
/// </param>
/// <param name="Next">What is done next, or nothing.</param>
/// <param name="Ends">The end of its lease, or of the grace period, by the wall clock.</param>
/// <param name="Trouble">What it waits for, else what the last attempt failed with.</param>
/// <param name="Restarts">How often its container was started again, as the machine last said; null when it has none.</param>
public sealed record WorkloadStatus(
    ReservationId Id,
    Digest Digest,
    string Kind,
    bool IsVersion1,
    string State,
    string Next,
    DateTimeOffset? Ends,
    Fault? Trouble,
    int? Restarts)
{
    /// <summary>The status of a workload whose next move is this.</summary>
    public static WorkloadStatus Of(Workload workload, Move next) => new(
        workload.Id,
        workload.Digest,
        workload.Reservation.Kind,
        workload.Reservation.IsVersion1,
        Word(workload.State, next),
        next switch
        {
            Move.Do(var step) => $"do step {step}",
            Move.Undo(var step) => $"undo step {step}",
            Move.Rest => "",
            var move => move.GetType().Name,
        },
        workload.Lease?.Ends,
        (next as Move.Wait)?.For ?? workload.Trouble ?? workload.State.Stuck ?? workload.State.Degraded,
        workload.Watch?.Restarts);

    private static string Word(SagaState state, Move next) => state switch
    {
        { Stuck: not null } when next is not Move.Wait => "stuck",
        { Unwinding: true } => "removing",
        { Expired: true } => "expired",
        { Degraded: not null } => "degraded",
        { Live: true } => "live",
        _ when next is Move.Wait => "waiting",
        _ => "starting",
    };
}
