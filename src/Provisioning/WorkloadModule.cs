using System.Text.Json;
using Provision.Machine;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Provisioning;

/// <summary>
/// What every kind's module has in common: a spec record read strictly,
/// and steps read and written by source-generated JSON.
/// </summary>
public abstract class WorkloadModule<TSpec, TStep> : IWorkloadModule
    where TSpec : class
    where TStep : Step
{
    /// <summary>Where <c>data</c> is in the document that a user sends.</summary>
    public const string DataPointer = "/reservation/data";

    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <inheritdoc/>
    public abstract string Summary { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<Field> Fields { get; }

    /// <inheritdoc/>
    public abstract int Rank { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<Ability> Abilities { get; }

    /// <inheritdoc/>
    public abstract bool KeepsData { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Problem> Validate(CanonicalJson data)
    {
        var problems = new List<Problem>();
        TryRead(data, problems);
        return problems;
    }

    /// <inheritdoc/>
    public Plan Plan(Digest reservation, Reservation order, MachineFacts facts) => Plan(reservation, order, Read(order.Spec), facts);

    /// <inheritdoc/>
    public ResourceUnits Units(CanonicalJson data) => Units(Read(data));

    /// <inheritdoc/>
    public abstract CanonicalJson Result(ReservationId id, Plan? plan);

    /// <inheritdoc/>
    public CanonicalJson WriteStep(Step step) => WriteStep((TStep)step);

    /// <inheritdoc/>
    public abstract Step ReadStep(JsonElement json);

    /// <summary>Reads the spec; null when what is there cannot be one. Problems are reported to the form.</summary>
    protected abstract TSpec? Read(JsonForm form);

    /// <summary>The steps for a valid spec.</summary>
    protected abstract Plan Plan(Digest reservation, Reservation order, TSpec spec, MachineFacts facts);

    /// <summary>The units of a valid spec.</summary>
    protected abstract ResourceUnits Units(TSpec spec);

    /// <summary>A step as the journal keeps it.</summary>
    protected abstract CanonicalJson WriteStep(TStep step);

    private TSpec? TryRead(CanonicalJson data, List<Problem> problems) =>
        JsonForm.Open(data.ToElement(), DataPointer, problems) is { } form ? form.Close(Read(form)) : null;

    private TSpec Read(CanonicalJson data)
    {
        var problems = new List<Problem>();
        return TryRead(data, problems) is { } spec && problems.Count == 0
            ? spec
            : throw new FaultException(Fault.Invalid($"The {Kind} is not valid", problems));
    }
}
