using Provision.Reservations;

namespace Provision.Explorer.Feed;

/// <summary>The answer to an order: it is durable.</summary>
/// <param name="Digest">The digest of the order that was sent.</param>
/// <param name="Id">The alias of the reservation that it is, or is about.</param>
/// <param name="Created">False: the same order was taken before.</param>
public sealed record SubmittedOrder(Digest Digest, ReservationId Id, bool Created);
