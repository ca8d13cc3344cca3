namespace Provision.Provisioning;

/// <summary>
/// A module whose workloads are containers of the machine, named by the order's digest: they can end by themselves, and are then ensured
/// again, step by step from the first, after a while that grows.
/// </summary>
public interface ISupervised;
