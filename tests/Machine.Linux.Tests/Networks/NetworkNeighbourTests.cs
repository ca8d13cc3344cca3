using System.Net;
using System.Net.Sockets;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Tests.Containers;
using Xunit;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>How much of the table of neighbours, which is one for all namespaces of the machine, a member can take.</summary>
public sealed class NetworkNeighbourTests(ContainerFixture fixture) : LinuxNetworkSuite(fixture)
{
    private const int Tries = 50; // The table is that of the whole machine, and small.

    [Fact]
    public async Task A_member_has_no_more_neighbours_of_ipv6_than_its_network_has_addresses_of_ipv4()
    {
        var network = await EnsuredAsync();
        var member = Member(network, 5, Owner());
        await Networks.JoinAsync(member, Ct);
        var (own, space) = (member.Addresses[1], Places.NamespaceOf(member.Owner));
        using (var opened = NamespaceFolder.Open(space)!)
        using (var socket = opened.Run(() => new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp)))
        {
            var link = int.Parse(RunIn(space, "cat", "/sys/class/net/eth0/ifindex"), System.Globalization.CultureInfo.InvariantCulture);
            for (var i = 1; i <= Tries; i++)
            {
                var strange = own.GetAddressBytes();
                strange[13] = (byte)i;
                Send(socket, new IPAddress(strange));
                Send(socket, new IPAddress([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, (byte)i], link));
            }
        }

        foreach (var name in new[] { space, Places.NamespaceOf(network.Network) })
        {
            var neighbours = RunIn(name, "ip", "-6", "neigh").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(neighbours.Length <= 4, string.Join('\n', neighbours));
        }
    }

    [Theory]
    [InlineData("10.20.1.0/24", 120)]
    [InlineData("10.20.1.0/29", 125)]
    public async Task Neighbours_of_ipv6_are_those_of_the_subnet(string subnet, int prefix)
    {
        var network = In(Network(), subnet);
        await Networks.EnsureAsync(network, Ct);
        await ServerAsync(network, 6);
        var server = Member(network, 6, Owner("server"));

        Assert.Equal($"{server.Addresses[1]} {Port}", await GreetedByAsync(network, 5, [$"{server.Addresses[1]} {Port}"]));
        Assert.Contains($"{network.Gateway6}/{prefix} ", AddressesOf(Places.NamespaceOf(network.Network)), StringComparison.Ordinal);
        Assert.Contains($"{server.Addresses[1]}/{prefix} ", AddressesOf(Places.NamespaceOf(server.Owner)), StringComparison.Ordinal);
    }

    private static string AddressesOf(string space) => RunIn(space, "ip", "-o", "-6", "address");

    private static void Send(Socket socket, IPAddress address)
    {
        try
        {
            socket.SendTo([1], new IPEndPoint(address, 9));
        }
        catch (SocketException)
        {
            // Nobody is there, which may be known at once.
        }
    }
}
