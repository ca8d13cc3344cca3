using Provision.Machine.Networks;

namespace Provision.Provisioning;

/// <summary>A module whose workloads are private networks that containers of the same owner can join.</summary>
public interface IProvidesNetwork
{
    /// <summary>The network as this plan of the module wants it.</summary>
    NetworkOrder NetworkOf(Plan plan);
}
