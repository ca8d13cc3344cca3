namespace Provision.Machine.Linux.Networks;

/// <summary>What is kept on the disk of a member.</summary>
/// <param name="Addresses">Its addresses.</param>
internal sealed record MemberRecord(IReadOnlyList<string> Addresses);
