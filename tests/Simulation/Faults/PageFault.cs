using Provision.Reservations.Feed;

namespace Provision.Simulation.Faults;

/// <summary>What one kind of fault makes of a page that a node asked for from a place on. Null: it can make nothing of this one.</summary>
public sealed record PageFault(FaultKind Kind, Func<FleetExplorer, FeedCursor, FeedPage, Task<FeedPage>?> Bend);
