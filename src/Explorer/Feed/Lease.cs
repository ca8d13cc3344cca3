using Provision.Reservations;
using Provision.Reservations.Feed;

namespace Provision.Explorer.Feed;

/// <summary>What a reservation and the orders that followed it say together.</summary>
internal static class Lease
{
    /// <summary>When the lease ends: the last extend decides, else the reservation.</summary>
    public static DateTimeOffset EndOf(FeedReservation lease) =>
        lease.Reservation.Created + (lease.FollowUps.OfType<Extend>().LastOrDefault()?.Duration ?? lease.Reservation.Duration);

    /// <summary>The last cancel, or null.</summary>
    public static Cancel? CancelOf(FeedReservation lease) => lease.FollowUps is [.., Cancel last] ? last : null;

    /// <summary>The counter of the last follow-up; 0 when none was taken.</summary>
    public static long CounterOf(FeedReservation lease) => lease.FollowUps is [.., var last] ? last.Counter : 0;
}
