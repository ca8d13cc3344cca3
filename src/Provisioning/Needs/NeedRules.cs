using Provision.Provisioning.Journal;
using Provision.Provisioning.Saga;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Needs;

/// <summary>
/// How orders that build on each other come and go: what is needed is there first, goes last, and takes along what builds on it. All of
/// it is computed from what the ledger holds, so that it is the same after any crash.
/// </summary>
public static class NeedRules
{
    /// <summary>What comes next for a workload: its own next move, unless another order comes first.</summary>
    public static Move Next(Ledger ledger, Workload workload) => workload.Next switch
    {
        Move.Do or Move.GoLive when Missing(ledger, workload) is { } fault => new Move.Wait(fault),
        Move.Undo or Move.Close when Remaining(ledger, workload) is { } fault => new Move.Wait(fault),
        var move => move,
    };

    /// <summary>Why this workload has to end: something it builds on has ended or is about to. Null: it may stay.</summary>
    public static Fault? Ended(Ledger ledger, Workload workload)
    {
        if (workload.State is { Unwinding: true } or { Closed: true } || ledger.SetAside.ContainsKey(workload.Digest))
        {
            return null;
        }

        // Entries that are lost are no proof that anything ended.
        var ended = workload.Plan.Needs
            .Select(ledger.Find)
            .FirstOrDefault(need => need?.State is { Unwinding: true } or { Expired: true } or { Closed: true });
        return ended is null
            ? null
            : new Fault(
                FaultCode.NotFound,
                $"{Name(ended)}, which it builds on, ended",
                "Order what it needs for at least as long, and order it again.");
    }

    /// <summary>True when an entry of something it builds on is lost, so that waiting for it may have no end.</summary>
    public static bool IsLost(Ledger ledger, Workload workload) => workload.Plan.Needs.Any(need => ledger.Find(need) is null);

    // A need serves from when it lives and was ensured by this daemon: done is history, not proof.
    private static Fault? Missing(Ledger ledger, Workload workload)
    {
        foreach (var digest in workload.Plan.Needs)
        {
            switch (ledger.Find(digest))
            {
                case null:
                    return new Fault(
                        FaultCode.DataLoss,
                        $"Reservation {digest.Short}, which it builds on, is set aside: entries of it are lost",
                        "Tell whoever runs the node; nothing is done with either until it is mended.");
                case { State: { Live: true, Expired: false, Unwinding: false } } need when need.Ensured >= need.State.Steps:
                    break;
                case var need:
                    return new Fault(FaultCode.Unavailable, $"It waits for {Name(need)}, which it builds on", "It goes on by itself.");
            }
        }

        return null;
    }

    // One that is set aside counts: nobody knows whether it still uses this one.
    private static Fault? Remaining(Ledger ledger, Workload workload) =>
        ledger.DependentsOf(workload) is [var first, ..]
            ? new Fault(
                FaultCode.Unavailable,
                $"It waits for {Name(first)}, which builds on it, to end",
                ledger.SetAside.ContainsKey(first.Digest)
                    ? "Entries of that order are lost: whoever runs the node has to mend it."
                    : "It goes on by itself.")
            : null;

    private static string Name(Workload workload) => $"Reservation {workload.Id} ({workload.Reservation.Kind}, {workload.Digest.Short})";
}
