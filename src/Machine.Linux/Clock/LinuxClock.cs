using Provision.Machine.Clock;
using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Clock;

/// <summary>The kernel's clocks.</summary>
public sealed class LinuxClock : IMachineClock
{
    private const int BootTime = 7; // CLOCK_BOOTTIME, linux/time.h

    /// <inheritdoc/>
    public TimeProvider Time => TimeProvider.System;

    /// <inheritdoc/>
    public TimeSpan SinceBoot => GetSinceBoot();

    /// <inheritdoc/>
    public string BootId { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    private static unsafe TimeSpan GetSinceBoot()
    {
        var time = stackalloc long[2];
        if (Libc.GetTime(BootTime, time) != 0)
        {
            throw new InvalidOperationException($"clock_gettime(CLOCK_BOOTTIME): {Errno.Last}");
        }

        return TimeSpan.FromTicks((time[0] * TimeSpan.TicksPerSecond) + (time[1] / TimeSpan.NanosecondsPerTick));
    }
}
