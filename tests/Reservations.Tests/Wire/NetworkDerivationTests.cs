using System.Net;
using System.Text.Json;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Wire;

/// <summary>What follows from ids and subnets, beside what Zero-OS makes of the same.</summary>
public sealed class NetworkDerivationTests
{
    public static TheoryData<string, string, string> Ids =>
        [.. Read("network_id").Select(one => (Text(one, "user"), Text(one, "name"), Text(one, "network_id")))];

    public static TheoryData<string, string, string> Ipv6 =>
        [.. Read("network_derive", "convert_4_to_6").Select(one => (Text(one, "network_id"), Text(one, "ipv4"), Text(one, "ipv6")))];

    public static TheoryData<string, string> Subnets =>
        [.. Read("network_derive", "wg_ip").Select(one => (Text(one, "subnet"), Text(one, "gateway_in_nr").Split('/')[0]))];

    [Theory]
    [MemberData(nameof(Ids))]
    public void An_id_follows_from_user_and_name(string user, string name, string id)
    {
        Assert.Equal(id, NetworkDerivation.IdOf(user, name).ToString());
        if (UserId.TryParse(user, out var parsed))
        {
            Assert.Equal(id, NetworkDerivation.IdOf(parsed, name).ToString());
        }
    }

    [Fact]
    public void Users_of_vectors_are_users() => Assert.Contains(Ids, one => UserId.TryParse(one.Data.Item1, out _));

    [Fact]
    public void Users_have_networks_of_their_own()
    {
        var (mine, theirs) = (new UserId(KeyPair.Create().PublicKey), new UserId(KeyPair.Create().PublicKey));

        Assert.Equal(NetworkDerivation.IdOf(mine, "net"), NetworkDerivation.IdOf(mine, "net"));
        Assert.NotEqual(NetworkDerivation.IdOf(mine, "net"), NetworkDerivation.IdOf(theirs, "net"));
        Assert.NotEqual(NetworkDerivation.IdOf(mine, "net"), NetworkDerivation.IdOf(mine, "Net"));
    }

    [Theory]
    [MemberData(nameof(Ipv6))]
    public void An_ipv6_address_follows_from_the_ipv4_address(string network, string ipv4, string ipv6)
    {
        Assert.True(NetworkId.TryParse(network, out var id));

        Assert.Equal(ipv6, NetworkDerivation.Ipv6Of(id, IPAddress.Parse(ipv4)).ToString());
    }

    [Theory]
    [MemberData(nameof(Subnets))]
    [InlineData("10.1.2.128/25", "10.1.2.129")]
    [InlineData("10.1.2.8/29", "10.1.2.9")]
    [InlineData("10.1.255.248/29", "10.1.255.249")]
    public void A_gateway_is_the_first_address_of_its_subnet(string subnet, string gateway)
    {
        var network = IPNetwork.Parse(subnet);

        Assert.Equal(gateway, NetworkDerivation.GatewayOf(network).ToString());
        Assert.True(network.Contains(NetworkDerivation.GatewayOf(network)));
    }

    [Fact]
    public void What_is_no_ipv4_has_none_of_them()
    {
        var subnet = IPNetwork.Parse("2001:db8::/64");

        Assert.Throws<ArgumentException>(() => NetworkDerivation.GatewayOf(subnet));
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

    private static IEnumerable<JsonElement> Read(string file, string? kind = null)
    {
        using var stream = typeof(NetworkDerivationTests).Assembly.GetManifestResourceStream($"Vectors/{file}.json");
        using var document = JsonDocument.Parse(stream!);
        return
        [
            .. document.RootElement.GetProperty("vectors").EnumerateArray()
                .Where(one => kind is null || Text(one, "kind") == kind).Select(one => one.Clone()),
        ];
    }

    private static string Text(JsonElement vector, string name) => vector.GetProperty(name).GetString()!;
}
