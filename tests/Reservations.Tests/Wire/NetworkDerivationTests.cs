using System.Net;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Wire;

/// <summary>What follows from ids and subnets; what Zero-OS makes of the same is in the vectors.</summary>
public sealed class NetworkDerivationTests
{
    [Fact]
    public void Users_have_networks_of_their_own()
    {
        var (mine, theirs) = (new UserId(KeyPair.Create().PublicKey), new UserId(KeyPair.Create().PublicKey));

        Assert.Equal(NetworkDerivation.IdOf(mine, "net"), NetworkDerivation.IdOf(mine, "net"));
        Assert.NotEqual(NetworkDerivation.IdOf(mine, "net"), NetworkDerivation.IdOf(theirs, "net"));
        Assert.NotEqual(NetworkDerivation.IdOf(mine, "net"), NetworkDerivation.IdOf(mine, "Net"));
    }

    [Theory]
    [InlineData("10.1.2.128/25", "10.1.2.129", "100.64.1.2")]
    [InlineData("10.1.2.8/29", "10.1.2.9", "100.64.1.2")]
    [InlineData("10.1.255.248/29", "10.1.255.249", "100.64.1.255")]
    public void A_gateway_is_the_first_address_of_its_subnet(string subnet, string gateway, string wireGuard)
    {
        var network = IPNetwork.Parse(subnet);

        Assert.Equal(gateway, NetworkDerivation.GatewayOf(network).ToString());
        Assert.True(network.Contains(NetworkDerivation.GatewayOf(network)));
        Assert.Equal(wireGuard, NetworkDerivation.WireGuardOf(network).ToString());
    }

    [Fact]
    public void What_is_no_ipv4_has_none_of_them()
    {
        var subnet = IPNetwork.Parse("2001:db8::/64");

        Assert.Throws<ArgumentException>(() => NetworkDerivation.GatewayOf(subnet));
        Assert.Throws<ArgumentException>(() => NetworkDerivation.WireGuardOf(subnet));
        Assert.Throws<ArgumentException>(() => NetworkDerivation.Ipv6Of(NetworkDerivation.IdOf("u", "n"), subnet.BaseAddress));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("XVovHV2KjwWa")]
    [InlineData("XVovHV2KjwWarr")]
    [InlineData("XVovHV2KjwWa0")]
    [InlineData("../vHV2KjwWar")]
    public void What_is_no_id_is_not_read(string? text) => Assert.False(NetworkId.TryParse(text, out _));
}
