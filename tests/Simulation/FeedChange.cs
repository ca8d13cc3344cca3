using Provision.Reservations;

namespace Provision.Simulation;

/// <summary>One change of a node's feed.</summary>
/// <param name="Order">The reservation.</param>
/// <param name="IsCancel">True when its owner cancelled it.</param>
public sealed record FeedChange(Digest Order, bool IsCancel);
