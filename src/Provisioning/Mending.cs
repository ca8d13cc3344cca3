namespace Provision.Provisioning;

/// <summary>What of the machine's networks was made whole again.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="What">One line of text each.</param>
public sealed record Mending(DateTimeOffset At, IReadOnlyList<string> What);
