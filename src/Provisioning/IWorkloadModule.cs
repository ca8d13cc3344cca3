using System.Text.Json;
using Provision.Machine;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Provisioning;

/// <summary>All that node, explorer and CLI know of a kind of workload. Pure: no clock, no disk, no kernel.</summary>
public interface IWorkloadModule
{
    /// <summary>The kind: the wire's <c>type</c>.</summary>
    string Kind { get; }

    /// <summary>What the kind is, in one sentence, for <c>--help</c>.</summary>
    string Summary { get; }

    /// <summary>The fields of its <c>data</c>: the CLI makes its flags of them.</summary>
    IReadOnlyList<Field> Fields { get; }

    /// <summary>Kinds of lower rank are made first and removed last: 0 stands alone, 1 builds on it.</summary>
    int Rank { get; }

    /// <summary>What a machine must be able to do for it; one that is not does not offer the kind.</summary>
    IReadOnlyList<Ability> Abilities { get; }

    /// <summary>True when it holds what its owner wrote: such a workload is kept for the grace period after its lease.</summary>
    bool KeepsData { get; }

    /// <summary>Everything wrong with <c>data</c>, each with its pointer; empty when all is well.</summary>
    IReadOnlyList<Problem> Validate(CanonicalJson data);

    /// <summary>The steps that make the workload, and what they claim of the machine. Same input, same bytes.</summary>
    /// <param name="reservation">The digest of the order: the workload's name.</param>
    /// <param name="order">The order; its <c>data</c> is valid.</param>
    /// <param name="facts">The machine.</param>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.OutOfCapacity"/>: says what is missing and what is free. <see cref="FaultCode.NotFound"/>: what the order
    /// builds on is not here.
    /// </exception>
    Plan Plan(Digest reservation, Reservation order, MachineFacts facts);

    /// <summary>What of the node's capacity the workload takes (spec 01 §5.7).</summary>
    ResourceUnits Units(CanonicalJson data);

    /// <summary>The result's <c>data</c> once the workload lives, or, without a plan, when it could not be made.</summary>
    CanonicalJson Result(ReservationId id, Plan? plan);

    /// <summary>A step as the journal keeps it.</summary>
    CanonicalJson WriteStep(Step step);

    /// <summary>A step out of the journal.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.DataLoss"/>: not a step of this kind.</exception>
    Step ReadStep(JsonElement json);
}
