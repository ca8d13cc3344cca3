using Provision.Reservations;
using Provision.Reservations.Feed;

namespace Provision.Explorer.Feed;

/// <summary>What a reservation and the orders that followed it say together.</summary>
internal static class Lease
{
    /// <summary>How long the lease is, from the reservation's creation on: the last extend decides, else the reservation.</summary>
    public static TimeSpan LengthOf(FeedReservation lease) =>
        lease.FollowUps.OfType<Extend>().LastOrDefault()?.Duration ?? lease.Reservation.Duration;

    /// <summary>When the lease ends.</summary>
    public static DateTimeOffset EndOf(FeedReservation lease) => lease.Reservation.Created + LengthOf(lease);

    /// <summary>The last cancel, or null.</summary>
    public static Cancel? CancelOf(FeedReservation lease) => lease.FollowUps is [.., Cancel last] ? last : null;

    /// <summary>The counter of the last follow-up; 0 when none was taken.</summary>
    public static long CounterOf(FeedReservation lease) => lease.FollowUps is [.., var last] ? last.Counter : 0;
}
