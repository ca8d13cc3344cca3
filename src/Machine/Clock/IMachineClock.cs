namespace Provision.Machine.Clock;

/// <summary>The clocks of a machine.</summary>
public interface IMachineClock
{
    /// <summary>Wall time and timers. People and NTP move the wall clock; order and leases do not rest on it alone.</summary>
    TimeProvider Time { get; }

    /// <summary>Time since boot, sleep included (CLOCK_BOOTTIME, clock_gettime(2)). Nobody can set it.</summary>
    TimeSpan SinceBoot { get; }

    /// <summary>Names this boot (/proc/sys/kernel/random/boot_id).</summary>
    string BootId { get; }
}
