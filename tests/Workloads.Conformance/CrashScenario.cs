namespace Provision.Workloads.Conformance;

/// <summary>A story in phases: each is begun once, and left when it is reached, by whichever daemon lives then.</summary>
/// <param name="Phases">In their order.</param>
/// <param name="Check">Throws when the end is not as it should be; the world has come to rest.</param>
public sealed record CrashScenario(IReadOnlyList<CrashPhase> Phases, Func<Task> Check);

/// <summary>One phase.</summary>
/// <param name="Name">What happens in it.</param>
/// <param name="Begin">What the outside does, once.</param>
/// <param name="Reached">True when the phase is over, as the outside can see it.</param>
/// <param name="Check">Throws when the machine is not as the outside was told; null when there is nothing to see.</param>
public sealed record CrashPhase(string Name, Action Begin, Func<bool> Reached, Func<Task>? Check = null);
