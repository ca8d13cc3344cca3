namespace Provision.Simulation.Faults;

/// <summary>What one kind of disaster does to a node.</summary>
/// <param name="Kind">Its kind; its rate is its weight.</param>
/// <param name="Begin">Lets it happen; false when there was nothing for it to happen to.</param>
/// <param name="End">Ends what lasts; null when nothing does. May be called again, and without a beginning.</param>
public sealed record Disaster(FaultKind Kind, Func<FleetNode, Random, bool> Begin, Action<FleetNode>? End = null);
