using System.Net;
using Provision.Machine.Networks;

namespace Provision.Machine.Simulated.Networks;

/// <summary>A member: what was ordered, which lasts, and what the kernel has of it, which a boot takes.</summary>
internal sealed class SimulatedMember(MemberOrder order)
{
    private readonly HashSet<IPAddress> addresses = [];

    public MemberOrder Order { get; set; } = order;

    public bool HasNamespace { get; private set; }

    /// <summary>True when its namespace has a link into the network.</summary>
    public bool HasLink { get; private set; }

    public bool IsWhole => HasNamespace && HasLink && addresses.SetEquals(Order.Addresses);

    /// <summary>True when others find it at this address.</summary>
    public bool Has(IPAddress address) => HasLink && addresses.Contains(address);

    public void Make()
    {
        (HasNamespace, HasLink) = (true, true);
        addresses.Clear();
        addresses.UnionWith(Order.Addresses);
    }

    public void LoseAddress(IPAddress address) => addresses.Remove(address);

    public void LoseLink()
    {
        HasLink = false;
        addresses.Clear();
    }

    public void LoseNamespace()
    {
        LoseLink();
        HasNamespace = false;
    }
}
