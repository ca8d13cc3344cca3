using Provision.Reservations;

namespace Provision.Explorer.Client;

/// <summary>A node that an explorer knows.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Farm">The farm that it says it belongs to.</param>
/// <param name="Kinds">The kinds of workload it provides, with single blanks between.</param>
/// <param name="Created">When it registered last.</param>
public sealed record NodeView(NodeId Node, FarmId Farm, string Kinds, DateTimeOffset Created);
