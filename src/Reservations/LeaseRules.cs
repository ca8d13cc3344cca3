using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Reservations;

/// <summary>What holds for every order, whatever its kind. CLI, explorer and node apply the same rules.</summary>
public static class LeaseRules
{
    /// <summary>How far a client's clock may be ahead of ours.</summary>
    public static readonly TimeSpan FutureTolerance = TimeSpan.FromMinutes(5);

    /// <summary>The shortest lease.</summary>
    public static readonly TimeSpan DurationMin = TimeSpan.FromSeconds(1);

    /// <summary>The longest lease: ten years.</summary>
    public static readonly TimeSpan DurationMax = TimeSpan.FromDays(3650);

    /// <summary>Everything wrong with an order at this moment.</summary>
    public static IEnumerable<Problem> Check(Order order, DateTimeOffset now)
    {
        if (order.Created > now + FutureTolerance)
        {
            yield return new Problem(
                $"/{order.Sort}/created",
                $"is {Rfc3339.Format(order.Created)}, in the future: it is {Rfc3339.Format(now)} here",
                "set the clock of the machine that signed, and sign again");
        }

        switch (order)
        {
            case Reservation reservation:
                foreach (var problem in CheckDuration(order.Sort, reservation.Duration))
                {
                    yield return problem;
                }

                if (reservation.Duration >= TimeSpan.Zero && reservation.Expires <= now)
                {
                    yield return new Problem(
                        $"/{order.Sort}/duration",
                        $"ended at {Rfc3339.Format(reservation.Expires)}: the lease is over",
                        "make a new order");
                }

                break;
            case Extend extend:
                foreach (var problem in CheckDuration(order.Sort, extend.Duration))
                {
                    yield return problem;
                }

                break;
        }
    }

    /// <summary>True when a lease may run so long.</summary>
    public static bool IsDuration(TimeSpan duration) => duration >= DurationMin && duration <= DurationMax;

    private static IEnumerable<Problem> CheckDuration(string sort, TimeSpan duration)
    {
        if (!IsDuration(duration))
        {
            yield return new Problem(
                $"/{sort}/duration",
                $"is {duration}",
                $"choose from {DurationMin.TotalSeconds} s to {DurationMax.TotalDays} days, in nanoseconds");
        }
    }
}
