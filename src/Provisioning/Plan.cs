using Provision.Reservations;

namespace Provision.Provisioning;

/// <summary>Every choice for one workload, made before anything is done.</summary>
/// <param name="Steps">What to do, in order; undone in reverse.</param>
/// <param name="Claims">What it takes of the machine's pools, used or not, until the workload is closed.</param>
public sealed record Plan(IReadOnlyList<Step> Steps, IReadOnlyList<Claim> Claims);

/// <summary>A promise of space.</summary>
/// <param name="Pool">Of which pool.</param>
/// <param name="Size">How much.</param>
public sealed record Claim(string Pool, ByteSize Size);
