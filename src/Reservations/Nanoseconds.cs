namespace Provision.Reservations;

/// <summary>Go's units of time on the wire and under signatures: nanoseconds as a signed 64-bit integer.</summary>
public static class Nanoseconds
{
    /// <summary>Nanoseconds in one tick of .NET, the finest step we accept.</summary>
    public const long PerTick = 100;

    /// <summary>Nanoseconds since 1970 of this moment.</summary>
    public static long Of(DateTimeOffset moment) => checked((moment.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * PerTick);

    /// <summary>Nanoseconds of this span.</summary>
    public static long Of(TimeSpan span) => checked(span.Ticks * PerTick);

    /// <summary>The span of these nanoseconds, whole ticks only.</summary>
    public static TimeSpan ToSpan(long nanoseconds) => new(nanoseconds / PerTick);
}
