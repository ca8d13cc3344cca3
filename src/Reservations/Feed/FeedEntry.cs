using Provision.Reservations.Wire;

namespace Provision.Reservations.Feed;

/// <summary>
/// One change of a node's sequence, whole: an object of one field that says its sort, today <c>reservation</c>. It is read entry by
/// entry (<see cref="FeedReservation.Read"/>), so that one that says nonsense does not spoil its page.
/// </summary>
/// <param name="Sequence">Position of the change, from 1; a later change of the same thing moves it on.</param>
/// <param name="Content">The tagged object.</param>
public sealed record FeedEntry(long Sequence, CanonicalJson Content);
