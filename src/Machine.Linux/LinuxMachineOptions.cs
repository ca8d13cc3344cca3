using Provision.Machine.Linux.Storage;

namespace Provision.Machine.Linux;

/// <summary>What a node's machine is made of.</summary>
/// <param name="Root">A folder of this instance alone; its mode becomes 0700. Two instances with different roots do not meet.</param>
/// <param name="Pools">The pools; none is allowed.</param>
public sealed record LinuxMachineOptions(string Root, IReadOnlyList<PoolOptions> Pools);
