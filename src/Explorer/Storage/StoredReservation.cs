using Provision.Reservations;
using Provision.Reservations.Feed;

namespace Provision.Explorer.Storage;

/// <summary>A reservation as it is kept.</summary>
/// <param name="Digest">Its name.</param>
/// <param name="Change">Its last change's position in the sequence of its node.</param>
/// <param name="Content">Its alias, the order, and what followed.</param>
public sealed record StoredReservation(Digest Digest, long Change, FeedReservation Content);
