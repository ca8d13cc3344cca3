using Provision.Machine.Clock;

namespace Provision.Provisioning.Expiry;

/// <summary>
/// Tells when leases end in the boot time of the running boot. What remains after a reboot is the smaller of what was last written down
/// and the end by the wall clock; a wall clock behind the last one written down is not believed. All of it is computed from marks in
/// the journal, so a restart of the daemon within a boot changes no answer.
/// </summary>
public sealed class LeaseClock(IMachineClock clock)
{
    // Per boot, in the order in which they were seen: its first and its last mark.
    private readonly List<(ClockMark First, ClockMark Last)> boots = [];

    /// <summary>Now, as the machine's clocks say.</summary>
    public ClockMark Read() => new(clock.BootId, clock.SinceBoot, clock.Time.GetUtcNow());

    /// <summary>Takes a mark that is in the journal.</summary>
    public void Add(ClockMark mark)
    {
        if (boots.Count > 0 && boots[^1].First.BootId == mark.BootId)
        {
            boots[^1] = (boots[^1].First, mark);
        }
        else
        {
            boots.Add((mark, mark));
        }
    }

    /// <summary>Anchors a lease in this boot.</summary>
    public LeaseAnchor Anchor(TimeSpan remaining, DateTimeOffset ends) => new(clock.BootId, clock.SinceBoot, remaining, ends);

    /// <summary>What remains of a lease; zero or less when it is over.</summary>
    public TimeSpan Remaining(LeaseAnchor lease) => DueSinceBoot(lease) - clock.SinceBoot;

    /// <summary>When the lease ends, as time since this boot.</summary>
    public TimeSpan DueSinceBoot(LeaseAnchor lease)
    {
        if (lease.BootId == clock.BootId)
        {
            return lease.SinceBoot + lease.Remaining;
        }

        var remaining = lease.Remaining;
        var since = lease.SinceBoot;
        var wall = DateTimeOffset.MinValue;
        var start = boots.FindIndex(boot => boot.First.BootId == lease.BootId);
        if (start < 0 && boots.Count > 0)
        {
            // The marks of its boot are lost, and with them which boots came after it: their time is not held against the lease.
            start = boots.Count - 1;
            wall = boots.Take(start).Select(boot => boot.Last.Wall).DefaultIfEmpty(wall).Max();
        }

        foreach (var (first, last) in boots.Skip(Math.Max(start, 0)))
        {
            wall = first.Wall > wall ? first.Wall : wall;
            if (first.BootId != lease.BootId)
            {
                remaining = Smaller(remaining, lease.Ends - wall);
                since = first.SinceBoot;
            }

            if (first.BootId == clock.BootId)
            {
                return since + remaining;
            }

            remaining -= last.SinceBoot > since ? last.SinceBoot - since : TimeSpan.Zero;
            wall = last.Wall > wall ? last.Wall : wall;
        }

        // The engine writes a mark before it asks; without one the wall clock is all there is.
        return clock.SinceBoot + Smaller(remaining, lease.Ends - clock.Time.GetUtcNow());
    }

    private static TimeSpan Smaller(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
