using System.Net;

namespace Provision.Machine.Networks;

/// <summary>Where what is in a network asks for names.</summary>
public static class NameServer
{
    /// <summary>
    /// The same in every network and for ever, because what runs is told once: a new version of its network may have another gateway. It
    /// is one of the shared range 100.64.0.0/10 (RFC 6598), of which no user's subnet has any, and in Zero-OS the router of all networks.
    /// </summary>
    public static IPAddress Address { get; } = IPAddress.Parse("100.127.0.1");
}
