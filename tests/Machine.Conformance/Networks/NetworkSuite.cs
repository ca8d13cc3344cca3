using System.Net;
using System.Runtime.CompilerServices;
using Provision.Machine.Conformance.Containers;
using Provision.Machine.Containers;
using Provision.Machine.Networks;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Machine.Conformance.Networks;

/// <summary>
/// What suites of networks need of a fixture. Each test begins with no networks; call <see cref="RemoveAllAsync"/> when one is over.
/// </summary>
public abstract class NetworkSuite : ContainerSuite
{
    private static readonly UserId User = new(KeyPair.Create().PublicKey);

    /// <inheritdoc cref="ITestMachine.Networks"/>
    protected INetworks Networks => Subject.Networks;

    /// <inheritdoc cref="ITestMachine.DamageAsync"/>
    protected ValueTask DamageAsync(Damage damage, MemberOrder member) => Subject.DamageAsync(damage, member);

    /// <summary>A network of the calling test, as one order wants it: 10.20.1.0/24 if it does not say.</summary>
    /// <param name="which">Tells the networks of one test apart.</param>
    /// <param name="holder">Tells the orders for one network apart.</param>
    /// <param name="test">The calling test.</param>
    protected static NetworkOrder Network(string which = "", string holder = "", [CallerMemberName] string test = "")
    {
        var order = new NetworkOrder
        {
            Network = NetworkDerivation.IdOf(User, $"{test} {which}"),
            Holder = Owner($"network {which} {holder}", test),
            Version = 1,
            Subnet = default,
            Gateway = IPAddress.None,
            Gateway6 = IPAddress.IPv6None,
        };
        return In(order, "10.20.1.0/24");
    }

    /// <summary>The order with this subnet, and the gateways that belong to it.</summary>
    protected static NetworkOrder In(NetworkOrder order, string subnet)
    {
        var parsed = IPNetwork.Parse(subnet);
        var gateway = NetworkDerivation.GatewayOf(parsed);
        return order with { Subnet = parsed, Gateway = gateway, Gateway6 = NetworkDerivation.Ipv6Of(order.Network, gateway) };
    }

    /// <summary>A member of the network at the address of its subnet with this last byte, and at the IPv6 address beside it.</summary>
    protected static MemberOrder Member(NetworkOrder network, int host, Digest owner)
    {
        var address = AddressOf(network, host);
        return new MemberOrder(owner, network.Network, [address, NetworkDerivation.Ipv6Of(network.Network, address)]);
    }

    /// <summary>The address of the network's subnet with this last byte.</summary>
    protected static IPAddress AddressOf(NetworkOrder network, int host) =>
        new([.. network.Subnet.BaseAddress.GetAddressBytes()[..3], (byte)host]);

    /// <summary>An order of the calling test for one of the <see cref="TestPrograms"/>, in the network.</summary>
    /// <param name="network">Which; it is there.</param>
    /// <param name="host">The last byte of its address.</param>
    /// <param name="command">The program and its arguments, with a blank between each two.</param>
    /// <param name="which">Tells the owners of one test apart.</param>
    /// <param name="test">The calling test.</param>
    protected async Task<ContainerOrder> JoinedAsync(
        NetworkOrder network, int host, string command, string which, [CallerMemberName] string test = "")
    {
        var order = await OrderAsync(command, which, test);
        await Networks.JoinAsync(Member(network, host, order.Owner), Ct);
        return order with { Network = network.Network };
    }

    /// <summary>The network; null when it is not listed.</summary>
    protected async Task<Network?> FindAsync(NetworkOrder order) =>
        (await Networks.ListAsync(Ct)).SingleOrDefault(network => network.Id == order.Network);

    /// <summary>The network is listed with these holders, newest first, as the first of them says, and with these members.</summary>
    protected async Task IsListedAsync(IReadOnlyList<NetworkOrder> holders, params MemberOrder[] members)
    {
        var network = Assert.IsType<Network>(await FindAsync(holders[0]));
        Assert.Equal(holders.Select(holder => holder.Holder), network.Holders);
        Assert.Equal((holders[0].Subnet, holders[0].Gateway), (network.Subnet, network.Gateway));
        Assert.Equal(
            members.OrderBy(member => member.Owner.ToString(), StringComparer.Ordinal).Select(TextOf), network.Members.Select(TextOf));
    }

    /// <summary>Starts what ends by itself, all at once, and says with which exit codes.</summary>
    protected async Task<IReadOnlyList<int?>> CodesOfAsync(params ContainerOrder[] orders)
    {
        var running = orders.Select(order => order.Owner).ToHashSet();
        var next = NextEndAsync();
        await Task.WhenAll(orders.Select(order => Containers.EnsureAsync(order, Ct).AsTask()));
        for (running.Remove(await next); running.Count > 0; running.Remove(await next))
        {
            next = NextEndAsync();
        }

        var ended = (await Containers.ListAsync(Ct)).ToDictionary(container => container.Owner, container => container.End?.ExitCode);
        return [.. orders.Select(order => ended[order.Owner])];
    }

    /// <inheritdoc/>
    protected override async ValueTask RemoveAllAsync()
    {
        await base.RemoveAllAsync();
        foreach (var network in await Networks.ListAsync(CancellationToken.None))
        {
            foreach (var member in network.Members)
            {
                await Networks.LeaveAsync(network.Id, member.Owner, CancellationToken.None);
            }

            // The oldest first: the newest has room for all.
            foreach (var holder in network.Holders.Reverse())
            {
                await Networks.ReleaseAsync(network.Id, holder, CancellationToken.None);
            }
        }
    }

    private static string TextOf(MemberOrder member) => $"{member.Owner} in {member.Network} at {string.Join(' ', member.Addresses)}";
}
