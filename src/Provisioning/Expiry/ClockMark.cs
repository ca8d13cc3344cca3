namespace Provision.Provisioning.Expiry;

/// <summary>What a machine's clocks said at one moment.</summary>
/// <param name="BootId">Which boot.</param>
/// <param name="SinceBoot">Time since that boot.</param>
/// <param name="Wall">The wall clock.</param>
public sealed record ClockMark(string BootId, TimeSpan SinceBoot, DateTimeOffset Wall);
