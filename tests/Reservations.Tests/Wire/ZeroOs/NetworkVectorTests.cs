using System.Globalization;
using System.Net;
using System.Text;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Provision.Reservations.Wire.ZeroOs;
using Xunit;

namespace Provision.Reservations.Tests.Wire.ZeroOs;

/// <summary>Names, addresses and rules of networks.</summary>
public sealed class NetworkVectorTests
{
    private readonly UplinkLeases leases = new();

    [Fact]
    public void An_id_follows_from_user_and_name()
    {
        var users = 0;
        Vectors.Check("network_id", vector =>
        {
            var id = vector.Text("network_id");
            Assert.Equal(id, NetworkDerivation.IdOf(vector.Text("user"), vector.Text("name")).ToString());
            if (UserId.TryParse(vector.Text("user"), out var user))
            {
                users++;
                Assert.Equal(id, NetworkDerivation.IdOf(user, vector.Text("name")).ToString());
            }
        });
        Assert.True(users > 0, "No user of the vectors is a user.");
    }

    [Fact]
    public void What_a_node_derives_is_what_Zero_OS_derives() =>
        Vectors.Check("network_derive", "kind", new Dictionary<string, Action<Vector>>
        {
            ["names"] = CheckNames,
            ["wg_ip"] = CheckSubnet,
            ["convert_4_to_6"] = CheckIpv6,
            ["convert_4_to_6_4byte_form"] = vector =>
                Assert.StartsWith("PANIC", vector.Maybe("error"), StringComparison.Ordinal),
            ["ndmz_ipv6"] = vector =>
            {
                var address = ZeroOsNames.UplinkOf(IPAddress.Parse(vector.Text("ipv4"))).ToString();
                Assert.Equal((vector.Text("ipv6"), vector.Text("ipv6_from_4byte_form")), (address, address));
            },
            ["mac"] = vector => Assert.Equal(vector.Text("mac"), ZeroOsNames.MacOf(vector.Text("input"))),
            ["mac_fallback"] = vector => Assert.Equal(vector.Text("mac"), ZeroOsNames.MacOf(vector.Text("input"))),
            ["ipv6_suffix"] = vector =>
                Assert.Equal(vector.Text("text"), ZeroOsNames.SuffixOf(vector.Text("input"), (int)vector.Number("n"))),
            ["node_id_v1"] = vector => Assert.Equal(vector.Text("id"), ZeroOsNames.FirstIdOf(vector.Text("mac"))),
            ["routes"] = CheckRoutes,
            ["validate_network"] = vector =>
                Assert.Equal(vector.Maybe("error"), ZeroOsNetworks.Check(Network(vector.Text("network")))),
            ["ndmz_lease_sequence"] = vector => Assert.Equal(vector.Text("address"), $"{leases.Lease(vector.Text("network_id"))}/16"),
            ["ndmz_lease_files_after_sequence"] = CheckLeases,
        });

    [Fact]
    public void Leases_go_round_once_and_end()
    {
        var addresses = Enumerable.Range(0, 65_533).Select(i => leases.Lease(i.ToString(CultureInfo.InvariantCulture))).ToList();

        Assert.Equal(("100.127.0.2", "100.127.255.254"), (addresses[0]!.ToString(), addresses[^1]!.ToString()));
        Assert.Equal(addresses.Count, addresses.Distinct().Count());
        Assert.Null(leases.Lease("one more"));
        Assert.Equal("100.127.0.2", leases.Lease("0")!.ToString());
    }

    private static void CheckNames(Vector vector)
    {
        var id = vector.Text("network_id");
        foreach (var (name, derive) in new (string Name, Func<string, string> Derive)[]
        {
            ("bridge", ZeroOsNames.BridgeOf),
            ("namespace", ZeroOsNames.NamespaceOf),
            ("wireguard", ZeroOsNames.WireGuardOf),
            ("tap", ZeroOsNames.TapOf),
        })
        {
            var error = Record.Exception(() => Assert.Equal(vector.Text(name), derive(id))) as FaultException;
            Assert.Equal(vector.Maybe($"{name}_error"), error?.Fault.What);
        }

        Assert.Equal(vector.Text("namespace"), vector.Text("nr_iface"));
    }

    // Our subnets are of IPv4 and begin at their first address, which is then the gateway as in Zero-OS.
    private static void CheckSubnet(Vector vector)
    {
        if (!IPNetwork.TryParse(vector.Text("subnet"), out var subnet) || subnet.BaseAddress.GetAddressBytes().Length > 4)
        {
            Assert.Contains(vector.Text("subnet"), new[] { "172.20.1.7/24", "2001:db8:1:2::/64" });
            return;
        }

        Assert.Equal(vector.Text("wireguard_address"), $"{NetworkDerivation.WireGuardOf(subnet)}/16");
        if (subnet.PrefixLength < 32)
        {
            Assert.Equal(vector.Text("gateway_in_nr"), $"{NetworkDerivation.GatewayOf(subnet)}/{subnet.PrefixLength}");
        }
    }

    // Ids of ours have thirteen characters, addresses of networks are of IPv4: what else Zero-OS would convert, we refuse.
    private static void CheckIpv6(Vector vector)
    {
        var address = IPAddress.Parse(vector.Text("ipv4"));
        if (!NetworkId.TryParse(vector.Text("network_id"), out var id))
        {
            Assert.Contains(vector.Text("network_id"), new[] { "", "ab", "abcde" });
        }
        else if (address.GetAddressBytes().Length > 4)
        {
            Assert.Throws<ArgumentException>(() => NetworkDerivation.Ipv6Of(id, address));
        }
        else
        {
            Assert.Equal(vector.Text("ipv6"), NetworkDerivation.Ipv6Of(id, address).ToString());
        }
    }

    private static void CheckRoutes(Vector vector)
    {
        var part = (GoObject)Network($$"""{"net_resources":[{{vector.Text("net_resource")}}]}""").List("net_resources")[0]!;
        Assert.Equal(
            vector.Json.GetProperty("routes").EnumerateArray()
                .Select(route => (route.GetProperty("dst").GetString()!, route.GetProperty("gw").GetString()!)),
            ZeroOsNetworks.RoutesOf(part).Select(route => (route.Range, route.Gateway.ToString())));
    }

    // What Zero-OS keeps in files, without the file that it locks.
    private void CheckLeases(Vector vector) => Assert.Equal(
        vector.Json.GetProperty("files").EnumerateArray().Select(file => file.GetString()!)
            .Where(file => file.Contains("net-", StringComparison.Ordinal)),
        new[] { "net-a", "net-b", "net-c", "net-d" }.Select(network => $"ndmz/{leases.Lease(network)} = \"{network}\\r\\neth0\""));

    private static GoObject Network(string json) =>
        (GoObject)GoJson.Decode(ZeroOsTypes.Network, Encoding.UTF8.GetBytes(json), whole: true).Require("network")!;
}
