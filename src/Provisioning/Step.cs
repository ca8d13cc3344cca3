using System.Text.Json.Serialization;
using Provision.Machine;

namespace Provision.Provisioning;

/// <summary>One visible effect with its undo, as data: undo needs this record and the machine, nothing else.</summary>
public abstract record Step
{
    /// <summary>How long <see cref="DoAsync"/> may take; null: <see cref="EngineOptions.StepDeadline"/>. Not part of the step's JSON.</summary>
    [JsonIgnore]
    public virtual TimeSpan? Deadline => null;

    /// <summary>Idempotent. The effect is the last thing that can fail.</summary>
    public abstract ValueTask DoAsync(IMachine machine, CancellationToken ct);

    /// <summary>Idempotent, and legal when <see cref="DoAsync"/> never ran, half ran, or ran twice.</summary>
    public abstract ValueTask UndoAsync(IMachine machine, CancellationToken ct);
}
