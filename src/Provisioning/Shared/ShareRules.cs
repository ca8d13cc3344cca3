using Provision.Provisioning.Journal;
using Provision.Provisioning.Needs;
using Provision.Provisioning.Saga;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Shared;

/// <summary>
/// How shared things come and go that several orders provide together and others use. A provider may end at any time while another one
/// lives; the last one waits for the users, and takes none of them along. All of it is computed from what the ledger holds, so that it
/// is the same after any crash.
/// </summary>
public static class ShareRules
{
    /// <summary>Why a user may not go on: nobody provides yet, or nobody knows whether somebody does. Null: it may.</summary>
    public static Move.Wait? Missing(Ledger ledger, Workload user) => user.Plan.Uses
        .Where(thing => !IsThere(ledger, thing, user))
        .Select(thing => WaitFor(ledger, thing))
        .FirstOrDefault();

    /// <summary>Why a user has to end: it never had what it uses, and all who were to provide it ended. Null: it may stay.</summary>
    public static Fault? Ended(Ledger ledger, Workload user) => user.Plan.Uses
        .Where(thing => AreOver(ledger, thing))
        .Select(thing => new Fault(
            FaultCode.NotFound,
            $"It was to use {NeedRules.Name(ledger.ProvidersOf(thing)[0])}, which ended before it was there",
            "Order what it uses first, and order it again."))
        .FirstOrDefault();

    /// <summary>Why a provider may not make this move, with which it ends: somebody uses what it provides. Null: it may.</summary>
    public static Move.Wait? InUse(Ledger ledger, Workload provider, Move move)
    {
        foreach (var thing in provider.Plan.Provides)
        {
            if (ledger.UsersOf(thing) is [var user, ..]
                && (move is Move.Undo ? IsLast(ledger, thing, provider) : AreOver(ledger, thing)))
            {
                return new Move.Wait(new Fault(
                    FaultCode.Unavailable,
                    $"It waits for {NeedRules.Name(user)}, which uses it, to end",
                    ledger.SetAside.ContainsKey(user.Digest)
                        ? "Entries of that order are lost: whoever runs the node has to mend it."
                        : "Cancel what uses it, or order it anew under the same name; it goes on by itself."))
                {
                    IsTold = move is Move.Undo,
                };
            }
        }

        return null;
    }

    // One that is withdrawn and waits for its users is as good as one that lives, as far as they are concerned. Whoever never began waits
    // for another one that is on its way: the undo of the withdrawn one may have begun before it came. One that is set aside is not on
    // its way: who waited for it would wait for the withdrawn one, which waits for its users.
    private static bool IsThere(Ledger ledger, SharedName thing, Workload user)
    {
        var providers = ledger.ProvidersOf(thing);
        return providers.Any(other => IsLive(other) && other.Ensured >= other.State.Steps)
            || (providers.Any(Lingers)
                && (user.State.Started > 0
                    || providers.All(other => other.State.Unwinding || ledger.SetAside.ContainsKey(other.Digest))));
    }

    private static Move.Wait WaitFor(Ledger ledger, SharedName thing)
    {
        var known = ledger.ProvidersOf(thing).Where(other => !ledger.SetAside.ContainsKey(other.Digest)).ToList();
        return (known.Find(other => !other.State.Unwinding) ?? known.FirstOrDefault()) is { } provider
            ? new Move.Wait(
                new Fault(FaultCode.Unavailable, $"It waits for {NeedRules.Name(provider)}, which it uses", "It goes on by itself."))
            : new Move.Wait(new Fault(
                FaultCode.DataLoss,
                $"The order of {thing}, which it uses, is set aside: entries of it are lost",
                "Tell whoever runs the node; nothing is done with either until it is mended."))
            {
                IsTold = true,
            };
    }

    // The last one that users can rely on stays for them. One that never lived, or that began to go, they never relied on.
    private static bool IsLast(Ledger ledger, SharedName thing, Workload provider) =>
        Lingers(provider)
        && !ledger.ProvidersOf(thing).Any(other => IsLive(other) && !ledger.SetAside.ContainsKey(other.Digest));

    // Then its users have to end, and none of these orders is closed before: from its entries alone users can tell. Entries that are lost
    // are no proof that anything ended.
    private static bool AreOver(Ledger ledger, SharedName thing) => ledger.ProvidersOf(thing) is [_, ..] providers
        && providers.All(other => other.State.Unwinding && !Lingers(other) && !ledger.SetAside.ContainsKey(other.Digest));

    private static bool IsLive(Workload provider) => provider.State is { Live: true, Unwinding: false };

    private static bool Lingers(Workload provider) =>
        provider.State is { Live: true, Unwinding: true } state && state.Owed == state.Started;
}
