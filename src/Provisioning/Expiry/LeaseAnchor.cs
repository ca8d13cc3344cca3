namespace Provision.Provisioning.Expiry;

/// <summary>
/// What remained of a lease at a moment of boot time. Within that boot the lease ends when boot time says so, whatever happens to the
/// wall clock; <see cref="LeaseClock"/> carries it over a reboot.
/// </summary>
/// <param name="BootId">The boot in which it was written down.</param>
/// <param name="SinceBoot">When in that boot.</param>
/// <param name="Remaining">What remained then.</param>
/// <param name="Ends">The end by the wall clock, as the user sees it.</param>
public sealed record LeaseAnchor(string BootId, TimeSpan SinceBoot, TimeSpan Remaining, DateTimeOffset Ends);
