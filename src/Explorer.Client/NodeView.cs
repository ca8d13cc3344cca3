using Provision.Reservations;
using Provision.Reservations.Registration;

namespace Provision.Explorer.Client;

/// <summary>A node that an explorer knows.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Farm">The farm that it says it belongs to.</param>
/// <param name="Kinds">The kinds of workload it offers, with single blanks between; empty: none now.</param>
/// <param name="Created">When it registered last.</param>
/// <param name="Offer">How much it offers, and to whom; null: it does not say.</param>
public sealed record NodeView(NodeId Node, FarmId Farm, string Kinds, DateTimeOffset Created, NodeOffer? Offer = null);
