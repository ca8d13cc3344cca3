using Provision.Machine;
using Provision.Machine.Storage;
using Provision.Provisioning.Journal;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Provisioning.Admission;

/// <summary>Plans verified reservations for this node, or says why they cannot be carried out. Writes nothing.</summary>
internal sealed class Planner(Ledger ledger, IMachine machine, Policy policy)
{
    private readonly FactFinder facts = new(ledger, machine.Size, policy);
    private readonly TimeProvider time = machine.Clock.Time;

    /// <summary>Returns when the reservation is for this node.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Denied"/>.</exception>
    public void RequireOurs(Reservation reservation)
    {
        if (reservation.Node != ledger.Node)
        {
            throw new FaultException(
                FaultCode.Denied,
                $"The reservation is for node {reservation.Node}",
                "Whoever handed it on mixes up its nodes: tell who runs it.");
        }
    }

    /// <summary>The first entry of the order.</summary>
    /// <param name="verified">The order.</param>
    /// <param name="extended">The length that its owner gave the lease since; null: the order's own.</param>
    /// <param name="id">The alias.</param>
    /// <param name="pools">The machine's pools.</param>
    /// <exception cref="FaultException">
    /// The farmer does not take it, it is not valid, there is no room for it, or the machine lacks what it needs: the fault is for its
    /// user.
    /// </exception>
    public Entry.Planned Plan(Verified<Reservation> verified, TimeSpan? extended, ReservationId id, IReadOnlyList<Pool> pools)
    {
        var reservation = verified.Order;
        RequireWelcome(reservation);
        var module = Check(reservation, extended);
        RequireAble(module);
        var (plan, steps) = Contain(module, () =>
        {
            var made = module.Plan(verified.Digest, reservation, facts.Tell(reservation, pools));
            return (made, made.Steps.Select(module.WriteStep).ToList());
        });
        RequireApart(reservation, plan);
        foreach (var other in plan.Needs.Select(ledger.Find).Concat(plan.Uses.SelectMany(ledger.ProvidersOf)))
        {
            RequireAble(other?.Module);
        }

        var lease = ledger.LeaseClock.Anchor(reservation.Expires - time.GetUtcNow(), reservation.Expires);
        return new Entry.Planned(id, reservation, lease, steps, plan.Claims)
        {
            Memory = plan.Memory,
            Needs = plan.Needs,
            Provides = plan.Provides,
            Uses = plan.Uses,
        };
    }

    private void RequireWelcome(Reservation reservation)
    {
        if (policy.Users?.Contains(reservation.User) == false)
        {
            throw new FaultException(
                FaultCode.Denied,
                "The farmer of this node takes orders of chosen users only",
                "Ask the farmer to choose you, or order on another node.");
        }

        if (!policy.Offers(reservation.Kind) && ledger.FindModule(reservation.Kind) is { Kind: var kind })
        {
            throw new FaultException(
                FaultCode.Denied,
                $"The farmer of this node does not offer the kind {kind}",
                "Order it on a node that offers it: see 'provision node list'.");
        }
    }

    private IWorkloadModule Check(Reservation reservation, TimeSpan? extended)
    {
        var module = ledger.FindModule(reservation.Kind);

        // A lease that its owner extended before we first saw it is as long as the extend says.
        var problems = LeaseRules.Check(reservation with { Duration = extended ?? reservation.Duration }, time.GetUtcNow()).ToList();
        if (module is null)
        {
            problems.Add(new Problem(
                "/reservation/type", "is of a kind that this node does not provide", "order it from a node that does"));
        }
        else
        {
            problems.AddRange(Contain(module, () => module.Validate(reservation.Spec)));
        }

        if (problems.Count > 0)
        {
            throw new FaultException(Fault.Invalid("The reservation is not valid", problems));
        }

        if (ledger.FindNonce(reservation.User, reservation.Nonce) is { } other)
        {
            throw new FaultException(Fault.Invalid(
                "The nonce was used before",
                [new Problem("/reservation/nonce", $"is that of reservation {other.Short}", "sign the order with a new nonce")])
                with { Code = FaultCode.Conflict });
        }

        return module!;
    }

    // A kind of which the machine lacks something is as good as none: what builds on it would wait for somebody to mend the machine.
    private void RequireAble(IWorkloadModule? module)
    {
        if (ledger.FindLack(module) is { } lack)
        {
            throw new FaultException(new Fault(
                FaultCode.Unavailable, $"This node cannot provide the kind {module!.Kind}: {lack.What}", "Order it on another node.")
            {
                Problems = new Problems(
                    [new Problem("/reservation/type", $"needs {module.Kind}, which this node lacks now", "choose a node that lists it")]),
            });
        }
    }

    // An order that meets a defect of its kind is refused, and says so: the others are taken.
    private static T Contain<T>(IWorkloadModule module, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is not FaultException)
        {
            var what = $"A defect in the kind {module.Kind}: {e.GetType().Name}: {e.Message}";
            throw new FaultException(new Fault(FaultCode.Internal, what, "Report it with this text."), e);
        }
    }

    // Whoever serves orders of version 1 chooses their ids and dates, and can serve one again that was over: none of them may change what
    // version 2 made. Needs are apart already, because each version is told of its own volumes only.
    private void RequireApart(Reservation reservation, Plan plan)
    {
        var others = plan.Provides.Concat(plan.Uses).SelectMany(ledger.ProvidersOf).Concat(plan.Provides.SelectMany(ledger.UsersOf));
        if (reservation.IsVersion1 && others.FirstOrDefault(other => !other.Reservation.IsVersion1) is { } other)
        {
            throw new FaultException(
                FaultCode.Conflict,
                $"An order of Zero-OS's scheme would change what reservation {other.Digest.Short} made",
                "Order it by version 2, whose dates are signed.");
        }
    }
}
