using System.Text.Json.Serialization;
using Provision.Machine;

namespace Provision.Provisioning;

/// <summary>One visible effect with its undo, as data: undo needs this record and the machine, nothing else.</summary>
public abstract record Step
{
    /// <summary>
    /// How long <see cref="DoAsync"/> may take; null: <see cref="EngineOptions.StepDeadline"/>. Not part of the step's JSON: an override
    /// says <see cref="JsonIgnoreAttribute"/>, too.
    /// </summary>
    [JsonIgnore]
    public virtual TimeSpan? Deadline => null;

    /// <summary>
    /// True when somebody else's server has a say in how long <see cref="DoAsync"/> takes: until the workload lives, such steps are done by
    /// few hands (<see cref="EngineOptions.SlowHandsMax"/>), so that others go on. Not part of the step's JSON, either.
    /// </summary>
    [JsonIgnore]
    public virtual bool IsSlow => false;

    /// <summary>
    /// How many cores the workload may use once the step is done; claimed until it is closed. Not part of the step's JSON, either.
    /// </summary>
    [JsonIgnore]
    public virtual int CoresClaimed => 0;

    /// <summary>Idempotent. The effect is the last thing that can fail.</summary>
    public abstract ValueTask DoAsync(IMachine machine, CancellationToken ct);

    /// <summary>Idempotent, and legal when <see cref="DoAsync"/> never ran, half ran, or ran twice.</summary>
    public abstract ValueTask UndoAsync(IMachine machine, CancellationToken ct);
}
