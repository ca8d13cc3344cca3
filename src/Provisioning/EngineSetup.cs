using Microsoft.Extensions.Logging;
using Provision.Reservations;
using Provision.Reservations.Signing;

namespace Provision.Provisioning;

/// <summary>What an engine is made with, beside its machine and its explorer.</summary>
/// <param name="Key">The node's identity.</param>
/// <param name="Farm">Whose node it is.</param>
/// <param name="Modules">The kinds it provides.</param>
/// <param name="Options">What can be chosen.</param>
/// <param name="Random">For jitter; seeded where runs must repeat.</param>
/// <param name="Logs">Where logs go.</param>
public sealed record EngineSetup(
    KeyPair Key, FarmId Farm, IReadOnlyList<IWorkloadModule> Modules, EngineOptions Options, Random Random, ILoggerFactory Logs)
{
    /// <summary>Called when the engine has got on: whenever a poll has ended, well or not, and all it brought is durable.</summary>
    public Action GotOn { get; init; } = () => { };
}
