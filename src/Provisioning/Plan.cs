using Provision.Provisioning.Shared;
using Provision.Reservations;

namespace Provision.Provisioning;

/// <summary>Every choice for one workload, made before anything is done.</summary>
/// <param name="Steps">What to do, in order; undone in reverse.</param>
/// <param name="Claims">What it takes of the machine's pools, used or not, until the workload is closed.</param>
public sealed record Plan(IReadOnlyList<Step> Steps, IReadOnlyList<Claim> Claims)
{
    /// <summary>What it takes of the machine's memory until the workload is closed.</summary>
    public ByteSize Memory { get; init; }

    /// <summary>What it takes of the machine's cores until the workload is closed.</summary>
    public long Cores => Steps.Sum(step => (long)step.CoresClaimed);

    /// <summary>
    /// The orders it builds on. Nothing is done before all of them live, none of them is undone before it is closed, and it ends when one
    /// of them ends.
    /// </summary>
    public IReadOnlyList<Digest> Needs { get; init; } = [];

    /// <summary>The shared things it provides, each alone or together with other orders. The last provider waits for the users.</summary>
    public IReadOnlyList<SharedName> Provides { get; init; } = [];

    /// <summary>The shared things it uses. Nothing is done before each is there; it does not end with them, they wait for it.</summary>
    public IReadOnlyList<SharedName> Uses { get; init; } = [];
}

/// <summary>A promise of space.</summary>
/// <param name="Pool">Of which pool.</param>
/// <param name="Size">How much.</param>
public sealed record Claim(string Pool, ByteSize Size);
