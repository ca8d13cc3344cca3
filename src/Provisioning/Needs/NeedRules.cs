using Provision.Provisioning.Journal;
using Provision.Provisioning.Saga;
using Provision.Provisioning.Shared;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Needs;

/// <summary>
/// How orders that build on each other come and go: what is needed is there first, goes last, and takes along what builds on it; what
/// is shared (<see cref="ShareRules"/>) stays for its users instead. All of it is computed from what the ledger holds, so that it is the
/// same after any crash.
/// </summary>
public static class NeedRules
{
    /// <summary>
    /// What comes next for a workload: its own next move, unless another order comes first, or the machine lacks what its kind needs. Then
    /// it is kept as it is; it may go all the same.
    /// </summary>
    public static Move Next(Ledger ledger, Workload workload) => workload.Next switch
    {
        Move.Do or Move.GoLive
            when (Lacking(ledger, workload) ?? Missing(ledger, workload) ?? ShareRules.Missing(ledger, workload)) is { } wait => wait,
        (Move.Undo or Move.Close) and var move
            when (Remaining(ledger, workload) ?? ShareRules.InUse(ledger, workload, move)) is { } wait => wait,
        var move => move,
    };

    /// <summary>True when this is a wait that whoever ordered is to be told of, and was not.</summary>
    public static bool IsUntold(Workload workload, Move move) => move is Move.Wait { IsTold: true } wait && workload.State switch
    {
        { Unwinding: true } state => state.Stuck?.What != wait.For.What,
        var state => state is { Live: true, Degraded: null },
    };

    /// <summary>The others whose next move may be another one after something happened to this one.</summary>
    public static IEnumerable<Workload> Concerned(Ledger ledger, Workload workload)
    {
        var plan = workload.Plan;
        return plan.Needs.Select(ledger.Find).OfType<Workload>()
            .Concat(ledger.DependentsOf(workload))
            .Concat(plan.Provides.SelectMany(ledger.UsersOf))
            .Concat(plan.Provides.Concat(plan.Uses).SelectMany(ledger.ProvidersOf));
    }

    /// <summary>The others that may have to end after something happened to this one.</summary>
    public static IEnumerable<Workload> Above(Ledger ledger, Workload workload) =>
        ledger.DependentsOf(workload).Concat(workload.Plan.Provides.SelectMany(ledger.UsersOf));

    /// <summary>
    /// Why this workload has to end: something it builds on has ended or is about to, or what it uses will never be there. Null: it may
    /// stay.
    /// </summary>
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
            ? ShareRules.Ended(ledger, workload)
            : new Fault(
                FaultCode.NotFound,
                $"It builds on {Name(ended)}, which ended",
                "Order what it needs for at least as long, and order it again.");
    }

    /// <summary>What an order is called in a fault.</summary>
    public static string Name(Workload workload) => $"reservation {workload.Id} ({workload.Reservation.Kind}, {workload.Digest.Short})";

    private static Move.Wait? Lacking(Ledger ledger, Workload workload) => ledger.FindLack(workload.Module) is { } lack
        ? new Move.Wait(new Fault(
            FaultCode.Unavailable,
            $"The node lacks what the kind {workload.Reservation.Kind} needs: {lack.What}",
            "Whoever runs the node has to mend it; it is kept, and goes on then."))
        {
            IsTold = true,
        }
        : null;

    // A need serves from when it lives and was ensured by this daemon: done is history, not proof.
    private static Move.Wait? Missing(Ledger ledger, Workload workload)
    {
        foreach (var digest in workload.Plan.Needs)
        {
            switch (ledger.Find(digest))
            {
                case null:
                    return new Move.Wait(new Fault(
                        FaultCode.DataLoss,
                        $"Reservation {digest.Short}, which it builds on, is set aside: entries of it are lost",
                        "Tell whoever runs the node; nothing is done with either until it is mended."))
                    {
                        IsTold = true,
                    };
                case { State: { Live: true, Expired: false, Unwinding: false } } need when need.Ensured >= need.State.Steps:
                    break;
                case var need:
                    return new Move.Wait(
                        new Fault(FaultCode.Unavailable, $"It waits for {Name(need)}, which it builds on", "It goes on by itself."));
            }
        }

        return null;
    }

    // One that is set aside counts: nobody knows whether it still uses this one.
    private static Move.Wait? Remaining(Ledger ledger, Workload workload) =>
        ledger.DependentsOf(workload) is [var first, ..]
            ? new Move.Wait(new Fault(
                FaultCode.Unavailable,
                $"It waits for {Name(first)}, which builds on it, to end",
                ledger.SetAside.ContainsKey(first.Digest)
                    ? "Entries of that order are lost: whoever runs the node has to mend it."
                    : "It goes on by itself."))
            : null;
}
