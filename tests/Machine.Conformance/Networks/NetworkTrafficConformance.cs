using System.Globalization;
using System.Runtime.CompilerServices;
using Provision.Machine.Containers;
using Provision.Machine.Networks;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Conformance.Networks;

/// <summary>What the programs of members see of their networks, and what happens to that when somebody breaks them.</summary>
public abstract class NetworkTrafficConformance : NetworkSuite
{
    private const int Port = 80;

    [Fact]
    public async Task Members_of_one_network_reach_each_other_by_ipv4_and_ipv6()
    {
        var network = await EnsuredAsync();
        var server = await JoinedAsync(network, 5, $"listen {Port}", "server");
        await Containers.EnsureAsync(server with { User = "tenant" }, Ct);

        var codes = await CodesOfAsync(
            await ConnectAsync(network, 6, server, "by IPv4", ipv6: false),
            await ConnectAsync(network, 7, server, "by IPv6", ipv6: true));

        Assert.Equal([0, 0], codes);
        Assert.Null((await FindAsync(server))?.End);
    }

    [Theory]
    [InlineData("10.20.1.0/24")]
    [InlineData("10.20.1.0/25")]
    [InlineData("10.20.2.0/24")]
    public async Task Members_of_two_networks_do_not_reach_each_other(string subnet)
    {
        var (network, another) = (await EnsuredAsync("one"), In(Network("another"), subnet));
        await Networks.EnsureAsync(another, Ct);
        var server = await JoinedAsync(network, 5, $"listen {Port}", "server");
        var lonely = await OrderAsync("run", "lonely");
        await Containers.EnsureAsync(server, Ct);
        Assert.Equal([0], await CodesOfAsync(await ConnectAsync(network, 6, server, "neighbour")));

        var codes = await CodesOfAsync(
            await ConnectAsync(another, 6, server, "stranger by IPv4", ipv6: false, seconds: 2),
            await ConnectAsync(another, 7, server, "stranger by IPv6", ipv6: true, seconds: 2),
            lonely with { Arguments = ["connect", AddressOf(network, 5).ToString(), $"{Port}", "1"] });

        Assert.Equal([1, 1, 1], codes);
    }

    [Fact]
    public async Task Nobody_reaches_one_in_two_networks_by_the_address_of_both()
    {
        var (network, another) = (await EnsuredAsync("one"), await EnsuredAsync("another"));
        var first = await JoinedAsync(network, 5, $"listen {Port}", "first");
        var second = await JoinedAsync(another, 5, $"listen {Port + 1}", "second");
        await Containers.EnsureAsync(first, Ct);
        await Containers.EnsureAsync(second, Ct);

        var codes = await CodesOfAsync(
            await ConnectAsync(network, 6, first, "neighbour of the first"),
            await ConnectAsync(another, 6, first, "stranger to the first", seconds: 2),
            await ConnectAsync(another, 7, second, "neighbour of the second", port: Port + 1),
            await ConnectAsync(network, 7, second, "stranger to the second", seconds: 2, port: Port + 1));

        Assert.Equal([0, 1, 0, 1], codes);
    }

    [Fact]
    public async Task A_member_has_its_addresses_and_no_others_and_keeps_them_when_it_is_started_again()
    {
        var network = await EnsuredAsync();
        var order = await JoinedAsync(network, 5, "address 10.20.1.5", "member");
        var addresses = Member(network, 5, order.Owner).Addresses.Append(AddressOf(network, 7)).ToList();
        await Networks.JoinAsync(new MemberOrder(order.Owner, network.Network, addresses), Ct);

        foreach (var address in addresses)
        {
            Assert.Equal(0, await CodeOfAsync(order with { Arguments = ["address", address.ToString()] }));
        }

        foreach (var address in new[] { AddressOf(network, 6), network.Gateway, network.Gateway6 })
        {
            Assert.Equal(1, await CodeOfAsync(order with { Arguments = ["address", address.ToString()] }));
        }

        await Containers.RemoveAsync(order.Owner, Grace, Ct);
        Assert.Equal(0, await CodeOfAsync(order));
    }

    [Fact]
    public async Task A_member_is_told_whom_to_ask_for_names_and_no_link_of_its_root_is_followed()
    {
        var network = await EnsuredAsync();
        var order = await JoinedAsync(network, 5, "names 100.127.0.1", "member");
        var file = SizeOf(order.Root, "file");

        Assert.Equal(0, await CodeOfAsync(order));
        Assert.Equal(1, await CodeOfAsync(order with { Arguments = ["names", "10.20.1.1"] }));
        Assert.Equal(0, await CodeOfAsync(order with { Arguments = ["ls", "/etc/hosts"] }));
        Assert.Equal(0, await CodeOfAsync(order with { Arguments = ["ls", "/etc/hostname"] }));

        Assert.NotNull(file);
        Assert.Equal(file, SizeOf(order.Root, "file"));
    }

    [Fact]
    public async Task Other_addresses_hold_from_then_on_while_the_program_runs()
    {
        var network = await EnsuredAsync();
        var server = await JoinedAsync(network, 5, $"listen {Port}", "server");
        await Containers.EnsureAsync(server, Ct);
        Assert.Equal([0], await CodesOfAsync(await ConnectAsync(network, 6, server, "before")));

        await Networks.JoinAsync(Member(network, 9, server.Owner), Ct);

        var codes = await CodesOfAsync(
            await ConnectAsync(network, 10, "10.20.1.5", "to the old", seconds: 2),
            await ConnectAsync(network, 11, "10.20.1.9", "to the new"));
        Assert.Equal([1, 0], codes);
        Assert.Equal(new Container(server.Owner, null, 0), await FindAsync(server));
    }

    [Fact]
    public async Task One_that_left_can_join_another_network()
    {
        var (network, another) = (await EnsuredAsync("one"), In(Network("another"), "10.20.2.0/24"));
        await Networks.EnsureAsync(another, Ct);
        var (here, there) = (await ServerAsync(network, 5, "here"), await ServerAsync(another, 5, "there"));
        var order = await ConnectAsync(network, 6, here, "mover");
        Assert.Equal(0, await CodeOfAsync(order));

        await Networks.LeaveAsync(network.Network, order.Owner, Ct);
        await Networks.JoinAsync(Member(another, 6, order.Owner), Ct);

        order = order with { Network = another.Network, Arguments = ["connect", "10.20.2.5", $"{Port}", "10"] };
        Assert.Equal(0, await CodeOfAsync(order));
        Assert.Equal(1, await CodeOfAsync(order with { Arguments = ["connect", "10.20.1.5", $"{Port}", "2"] }));
        Assert.Equal((null, null), ((await FindAsync(here))?.End, (await FindAsync(there))?.End));
    }

    [Fact]
    public async Task One_that_is_no_member_is_not_found_and_not_started()
    {
        var network = await EnsuredAsync();
        var order = await OrderAsync("run") with { Network = network.Network };
        await Throws.FaultAsync(FaultCode.NotFound, async () => await Containers.EnsureAsync(order, Ct));
        await Networks.JoinAsync(Member(network, 5, order.Owner), Ct);
        await Networks.LeaveAsync(network.Network, order.Owner, Ct);

        await Throws.FaultAsync(FaultCode.NotFound, async () => await Containers.EnsureAsync(order, Ct));

        Assert.Null(await FindAsync(order));
    }

    [Theory]
    [InlineData("10.20.1.0/25", "10.20.1.0/24", 200)]
    [InlineData("10.20.1.0/24", "10.20.1.0/25", 100)]
    [InlineData("10.20.1.0/28", "10.20.1.0/29", 6)]
    public async Task A_new_version_holds_at_once_and_disturbs_nobody(string before, string after, int host)
    {
        var network = In(Network(), before);
        var newer = In(Network(holder: "newer") with { Version = 2 }, after);
        newer = newer with { Gateway = AddressOf(newer, 4), Gateway6 = Member(newer, 4, Owner()).Addresses[1] };
        await Networks.EnsureAsync(network, Ct);
        var server = await ServerAsync(network, 5, "server");
        Assert.Equal([0], await CodesOfAsync(await ConnectAsync(network, 3, server, "before")));

        await Networks.EnsureAsync(newer, Ct);

        var codes = await CodesOfAsync(
            await ConnectAsync(newer, host, server, "after", ipv6: false),
            await ConnectAsync(newer, 2, server, "after by IPv6", ipv6: true),
            await JoinedAsync(newer, 1, "names 100.127.0.1", "told"));
        Assert.Equal([0, 0, 0], codes);
        Assert.Equal(new Container(server.Owner, null, 0), await FindAsync(server));
        Assert.Empty((await Networks.MendAsync(Ct)).Mended);

        // The address that was the gateway's is another member's now: the older one has no room for it.
        await Throws.FaultAsync(FaultCode.Conflict, async () => await Networks.ReleaseAsync(newer.Network, newer.Holder, Ct));
    }

    [Fact]
    public async Task Releasing_the_newest_version_disturbs_nobody()
    {
        var (network, newer) = (Network(), In(Network(holder: "newer") with { Version = 2 }, "10.20.1.0/25"));
        await Networks.EnsureAsync(network, Ct);
        await Networks.EnsureAsync(newer, Ct);
        var server = await ServerAsync(newer, 5, "server");

        await Networks.ReleaseAsync(newer.Network, newer.Holder, Ct);

        Assert.Equal([0], await CodesOfAsync(await ConnectAsync(network, 200, server, "after")));
        Assert.Equal(new Container(server.Owner, null, 0), await FindAsync(server));
    }

    [Fact]
    public async Task A_restarted_daemon_disturbs_nobody()
    {
        var network = await EnsuredAsync();
        var server = await ServerAsync(network, 5, "server");
        var client = await ConnectAsync(network, 6, server, "client");

        await ReopenAsync();

        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
        await Networks.EnsureAsync(network, Ct);
        await Networks.JoinAsync(Member(network, 5, server.Owner), Ct);
        Assert.Equal([0], await CodesOfAsync(client));
        Assert.Equal(new Container(server.Owner, null, 0), await FindAsync(server));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_reboot_it_is_made_whole_by_joining_as_by_mending(bool mends)
    {
        var network = await EnsuredAsync();
        var server = await ServerAsync(network, 5, "server");
        var client = await ConnectAsync(network, 6, server, "client");
        await RebootAsync();
        if (mends)
        {
            Assert.NotEmpty((await Networks.MendAsync(Ct)).Mended);
        }
        else
        {
            await Networks.JoinAsync(Member(network, 5, server.Owner), Ct);
            await Networks.JoinAsync(Member(network, 6, client.Owner), Ct);
        }

        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
        await Containers.EnsureAsync(server, Ct);
        Assert.Equal([0], await CodesOfAsync(client));
    }

    [Fact]
    public async Task Mending_what_is_whole_is_nothing()
    {
        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
        var network = await EnsuredAsync();
        await Networks.JoinAsync(Member(network, 5, Owner()), Ct);

        var result = await Networks.MendAsync(Ct);

        Assert.Empty(result.Mended);
        Assert.Empty(result.Troubles);
    }

    [Theory]
    [InlineData(Damage.NetworkNamespace)]
    [InlineData(Damage.Rules)]
    [InlineData(Damage.MemberLink)]
    [InlineData(Damage.MemberAddress)]
    [InlineData(Damage.MemberNamespace)]
    public async Task What_somebody_took_away_is_mended_and_said(Damage damage)
    {
        var (network, untouched) = (await EnsuredAsync("damaged"), await EnsuredAsync("untouched"));
        var (server, other) = (await ServerAsync(network, 5, "server"), await ServerAsync(untouched, 5, "other"));
        await DamageAsync(damage, Member(network, 5, server.Owner));

        var mended = (await Networks.MendAsync(Ct)).Mended;

        Assert.Contains(mended, line => line.Contains(network.Network.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(mended, line => line.Contains(untouched.Network.ToString(), StringComparison.Ordinal));
        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
        Assert.Equal(new Container(server.Owner, null, 0), await FindAsync(server));
        Assert.Equal(new Container(other.Owner, null, 0), await FindAsync(other));
        if (damage is Damage.MemberNamespace)
        {
            // What ran in it may be in what is left of it, which has no name; what is started from now on is in the new one.
            await Containers.RemoveAsync(server.Owner, Grace, Ct);
            await Containers.EnsureAsync(server, Ct);
        }

        Assert.Equal([0], await CodesOfAsync(await ConnectAsync(network, 6, server, "client")));
        await IsListedAsync([network], Member(network, 5, server.Owner), Member(network, 6, Owner("client")));
    }

    [Theory]
    [InlineData(Damage.NetworkNamespace)]
    [InlineData(Damage.Rules)]
    [InlineData(Damage.MemberLink)]
    [InlineData(Damage.MemberAddress)]
    [InlineData(Damage.MemberNamespace)]
    public async Task What_somebody_took_away_is_made_whole_by_ensuring_and_joining(Damage damage)
    {
        var network = await EnsuredAsync();
        var server = await JoinedAsync(network, 5, $"listen {Port}", "server");
        await DamageAsync(damage, Member(network, 5, server.Owner));

        await Networks.EnsureAsync(network, Ct);
        await Networks.JoinAsync(Member(network, 5, server.Owner), Ct);

        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
        await Containers.EnsureAsync(server, Ct);
        Assert.Equal([0], await CodesOfAsync(await ConnectAsync(network, 6, server, "client")));
    }

    [Theory]
    [InlineData(Damage.NetworkNamespace)]
    [InlineData(Damage.MemberNamespace)]
    [InlineData(Damage.MemberLink)]
    public async Task What_somebody_took_away_can_be_left_and_released(Damage damage)
    {
        var network = await EnsuredAsync();
        var member = Member(network, 5, Owner());
        await Networks.JoinAsync(member, Ct);
        await DamageAsync(damage, member);

        await Networks.LeaveAsync(member.Network, member.Owner, Ct);
        await Networks.ReleaseAsync(network.Network, network.Holder, Ct);

        Assert.Empty(await Networks.ListAsync(Ct));
        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
    }

    private async Task<NetworkOrder> EnsuredAsync(string which = "", [CallerMemberName] string test = "")
    {
        var network = Network(which, test: test);
        await Networks.EnsureAsync(network, Ct);
        return network;
    }

    /// <summary>A member that listens at <see cref="Port"/>.</summary>
    private async Task<ContainerOrder> ServerAsync(
        NetworkOrder network, int host, string which, [CallerMemberName] string test = "")
    {
        var server = await JoinedAsync(network, host, $"listen {Port}", which, test);
        await Containers.EnsureAsync(server, Ct);
        return server;
    }

    /// <summary>A member that connects to another, or to the stranger of such an address.</summary>
    private async Task<ContainerOrder> ConnectAsync(
        NetworkOrder network,
        int host,
        ContainerOrder server,
        string which,
        bool ipv6 = false,
        int seconds = 20,
        int port = Port,
        [CallerMemberName] string test = "")
    {
        var addresses = (await Networks.ListAsync(Ct)).SelectMany(one => one.Members).Single(one => one.Owner == server.Owner).Addresses;
        return await ConnectAsync(network, host, addresses[ipv6 ? 1 : 0].ToString(), which, seconds, port, test);
    }

    private async Task<ContainerOrder> ConnectAsync(
        NetworkOrder network,
        int host,
        string address,
        string which,
        int seconds = 20,
        int port = Port,
        [CallerMemberName] string test = "") => await JoinedAsync(
            network, host, string.Create(CultureInfo.InvariantCulture, $"connect {address} {port} {seconds}"), which, test);
}
