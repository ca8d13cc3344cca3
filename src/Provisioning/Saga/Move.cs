using Provision.Reservations.Faults;

namespace Provision.Provisioning.Saga;

/// <summary>What comes next for a workload.</summary>
public abstract record Move
{
    /// <summary>Do this step, or ensure it again.</summary>
    public sealed record Do(int Step) : Move;

    /// <summary>Every step is done: say so.</summary>
    public sealed record GoLive : Move;

    /// <summary>Undo this step.</summary>
    public sealed record Undo(int Step) : Move;

    /// <summary>Nothing is left: say so.</summary>
    public sealed record Close : Move;

    /// <summary>Nothing may be done yet: another order comes first. <paramref name="For"/> says which, and is no failure.</summary>
    public sealed record Wait(Fault For) : Move
    {
        /// <summary>True when it may have no end by itself, so that whoever ordered is told.</summary>
        public bool IsTold { get; init; }
    }

    /// <summary>Nothing to do until something happens.</summary>
    public sealed record Rest : Move;
}
