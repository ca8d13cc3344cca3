using System.Net;
using Provision.Machine.Networks;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Conformance.Networks;

/// <summary>
/// What every <see cref="INetworks"/> remembers and refuses: who holds a network, how the newest wants it, who is in it at which
/// addresses. What members see of it is in <see cref="NetworkTrafficConformance"/>.
/// </summary>
public abstract class NetworksConformance : NetworkSuite
{
    [Fact]
    public async Task A_network_is_there_until_its_holder_lets_it_go_and_all_can_be_repeated()
    {
        var network = Network();
        Assert.Empty(await Networks.ListAsync(Ct));

        await Networks.EnsureAsync(network, Ct);
        await Networks.EnsureAsync(network, Ct);
        await IsListedAsync([network]);

        await Networks.ReleaseAsync(network.Network, network.Holder, Ct);
        Assert.Empty(await Networks.ListAsync(Ct));
        await Networks.ReleaseAsync(network.Network, network.Holder, Ct);
        Assert.Empty(await Networks.ListAsync(Ct));

        await Networks.EnsureAsync(network, Ct);
        await IsListedAsync([network]);
    }

    [Fact]
    public async Task A_network_is_listed_as_long_as_it_is_held_with_members_or_without()
    {
        var (network, member) = (Network(), Member(Network(), 5, Owner()));
        await Throws.FaultAsync(FaultCode.NotFound, async () => await Networks.JoinAsync(member, Ct));
        Assert.Empty(await Networks.ListAsync(Ct));
        await Networks.EnsureAsync(network, Ct);
        await IsListedAsync([network]);
        await Networks.JoinAsync(member, Ct);
        await Throws.FaultAsync(FaultCode.Conflict, async () => await Networks.ReleaseAsync(network.Network, network.Holder, Ct));
        await IsListedAsync([network], member);

        await Networks.LeaveAsync(network.Network, member.Owner, Ct);
        await IsListedAsync([network]);
        await Networks.ReleaseAsync(network.Network, network.Holder, Ct);
        Assert.Empty(await Networks.ListAsync(Ct));
    }

    [Fact]
    public async Task Releasing_what_is_not_held_is_nothing()
    {
        var network = Network();
        await Networks.ReleaseAsync(network.Network, network.Holder, Ct);
        await Networks.EnsureAsync(network, Ct);

        await Networks.ReleaseAsync(network.Network, Owner("stranger"), Ct);
        await Networks.ReleaseAsync(Network("other").Network, network.Holder, Ct);

        await IsListedAsync([network]);
    }

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(3, 2, 1)]
    [InlineData(2, 3, 1)]
    public async Task It_is_as_its_newest_holder_says_whoever_came_first(int first, int second, int third)
    {
        var versions = Enumerable.Range(1, 3)
            .ToDictionary(i => i, i => In(Network(holder: $"{i}") with { Version = i }, $"10.20.{i}.0/24"));
        foreach (var i in new[] { first, second, third })
        {
            await Networks.EnsureAsync(versions[i], Ct);
        }

        await IsListedAsync([versions[3], versions[2], versions[1]]);

        await Networks.ReleaseAsync(versions[2].Network, versions[2].Holder, Ct);
        await IsListedAsync([versions[3], versions[1]]);
        await Networks.ReleaseAsync(versions[3].Network, versions[3].Holder, Ct);
        await IsListedAsync([versions[1]]);
        await Networks.ReleaseAsync(versions[1].Network, versions[1].Holder, Ct);
        Assert.Empty(await Networks.ListAsync(Ct));
    }

    [Fact]
    public async Task Of_equal_versions_the_higher_digest_is_the_newest()
    {
        var holders = new[] { Network(holder: "a"), In(Network(holder: "b"), "10.20.2.0/24"), In(Network(holder: "c"), "10.20.3.0/24") };
        foreach (var holder in holders)
        {
            await Networks.EnsureAsync(holder, Ct);
        }

        await IsListedAsync([.. holders.OrderByDescending(holder => holder.Holder.ToString(), StringComparer.Ordinal)]);
    }

    [Fact]
    public async Task A_holder_that_orders_something_else_holds_that_and_nothing_twice()
    {
        var (older, newer) = (Network(holder: "older") with { Version = 5 }, In(Network(holder: "newer"), "10.20.2.0/24"));
        await Networks.EnsureAsync(older, Ct);
        await Networks.EnsureAsync(newer with { Version = 4 }, Ct);
        await IsListedAsync([older, newer]);

        await Networks.EnsureAsync(newer with { Version = 6 }, Ct);

        await IsListedAsync([newer, older]);
    }

    [Fact]
    public async Task The_last_holder_cannot_let_go_while_there_are_members()
    {
        var (first, last) = (Network(holder: "first"), Network(holder: "last") with { Version = 2 });
        var member = Member(first, 5, Owner());
        await Networks.EnsureAsync(first, Ct);
        await Networks.EnsureAsync(last, Ct);
        await Networks.JoinAsync(member, Ct);
        await Networks.ReleaseAsync(first.Network, first.Holder, Ct);

        await Throws.FaultAsync(FaultCode.Conflict, async () => await Networks.ReleaseAsync(last.Network, last.Holder, Ct));

        await IsListedAsync([last], member);
        await Networks.LeaveAsync(member.Network, member.Owner, Ct);
        await Networks.ReleaseAsync(last.Network, last.Holder, Ct);
        Assert.Empty(await Networks.ListAsync(Ct));
    }

    [Theory]
    [InlineData("10.20.2.0/24")]
    [InlineData("10.20.1.0/25")]
    [InlineData("10.20.1.128/25")]
    [InlineData("10.20.1.192/29")]
    public async Task A_newest_holder_without_room_for_a_member_is_a_conflict(string subnet)
    {
        var (network, another) = (Network(), In(Network(holder: "another"), subnet));
        var members = new[] { Member(network, 127, Owner("first")), Member(network, 199, Owner("second")) };
        await Networks.EnsureAsync(network, Ct);
        await Networks.JoinAsync(members[0], Ct);
        await Networks.JoinAsync(members[1], Ct);

        await Throws.FaultAsync(FaultCode.Conflict, async () => await Networks.EnsureAsync(another with { Version = 2 }, Ct));
        await IsListedAsync([network], members);

        await Networks.EnsureAsync(another with { Version = 0 }, Ct);
        await IsListedAsync([network, another], members);
        await Throws.FaultAsync(FaultCode.Conflict, async () => await Networks.ReleaseAsync(network.Network, network.Holder, Ct));
        await IsListedAsync([network, another], members);
    }

    [Fact]
    public async Task A_newest_holder_whose_gateway_a_member_has_is_a_conflict()
    {
        var (network, member) = (Network(), Member(Network(), 5, Owner()));
        await Networks.EnsureAsync(network, Ct);
        await Networks.JoinAsync(member, Ct);

        var another = Network(holder: "another") with { Version = 2, Gateway = member.Addresses[0] };
        await Throws.FaultAsync(FaultCode.Conflict, async () => await Networks.EnsureAsync(another, Ct));
        another = another with { Gateway = network.Gateway, Gateway6 = member.Addresses[1] };
        await Throws.FaultAsync(FaultCode.Conflict, async () => await Networks.EnsureAsync(another, Ct));

        await IsListedAsync([network], member);
    }

    [Fact]
    public async Task Members_that_have_room_stay_when_the_subnet_changes()
    {
        var network = In(Network(), "10.20.1.0/25");
        var another = In(Network(holder: "another") with { Version = 2 }, "10.20.1.0/29");
        var (first, second) = (Member(network, 5, Owner("first")), Member(network, 6, Owner("second")));
        await Networks.EnsureAsync(network, Ct);
        await Networks.JoinAsync(first, Ct);

        await Networks.EnsureAsync(another, Ct);
        await Networks.JoinAsync(second, Ct);

        await IsListedAsync([another, network], first, second);
    }

    [Fact]
    public async Task Nobody_joins_what_nobody_holds()
    {
        var network = Network();
        await Throws.FaultAsync(FaultCode.NotFound, async () => await Networks.JoinAsync(Member(network, 5, Owner()), Ct));
        await Networks.EnsureAsync(network, Ct);
        await Networks.ReleaseAsync(network.Network, network.Holder, Ct);

        await Throws.FaultAsync(FaultCode.NotFound, async () => await Networks.JoinAsync(Member(network, 5, Owner()), Ct));

        Assert.Empty(await Networks.ListAsync(Ct));
    }

    [Theory]
    [InlineData("10.20.1.0")]
    [InlineData("10.20.1.255")]
    [InlineData("10.20.2.5")]
    [InlineData("10.20.1.5", "10.20.0.5")]
    [InlineData("10.20.1.5", "fe80::5")]
    [InlineData("10.20.1.5", "fd00::5")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("")]
    public async Task An_address_that_no_member_can_have_is_invalid(params string[] addresses)
    {
        var (network, other) = (Network(), Member(Network(), 9, Owner("other")));
        await Networks.EnsureAsync(network, Ct);
        await Networks.JoinAsync(other, Ct);
        var parsed = addresses.Where(text => text.Length > 0).Select(IPAddress.Parse).ToList();

        var fault = await Throws.FaultAsync(
            FaultCode.Invalid, async () => await Networks.JoinAsync(new MemberOrder(Owner(), network.Network, parsed), Ct));

        Assert.NotEmpty(fault.Remedy ?? "");
        await IsListedAsync([network], other);
    }

    [Theory]
    [InlineData(24, 1, 254)]
    [InlineData(25, 129, 254)]
    [InlineData(26, 65, 126)]
    [InlineData(27, 33, 62)]
    [InlineData(28, 17, 30)]
    [InlineData(29, 9, 14)]
    public async Task Members_can_have_all_of_a_subnet_but_its_edges_and_its_gateway(int bits, int gateway, int last)
    {
        var network = In(Network(), $"10.20.1.{gateway - 1}/{bits}");
        var members = new[] { Member(network, gateway + 1, Owner("first")), Member(network, last, Owner("second")) };
        await Networks.EnsureAsync(network, Ct);
        await Networks.JoinAsync(members[0], Ct);
        await Networks.JoinAsync(members[1], Ct);

        foreach (var (host, code) in new[]
            { (gateway - 1, FaultCode.Invalid), (gateway, FaultCode.Conflict), (last, FaultCode.Conflict), (last + 1, FaultCode.Invalid) })
        {
            var order = new MemberOrder(Owner("third"), network.Network, [AddressOf(network, host)]);
            await Throws.FaultAsync(code, async () => await Networks.JoinAsync(order, Ct));
        }

        await IsListedAsync([network], members);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_a_conflict()
    {
        var (network, first) = (Network(), Member(Network(), 5, Owner("first")));
        var second = Member(network, 6, Owner("second"));
        await Networks.EnsureAsync(network, Ct);
        await Networks.JoinAsync(first, Ct);
        await Networks.JoinAsync(second, Ct);

        foreach (var taken in new[] { first.Addresses[0], first.Addresses[1], network.Gateway, network.Gateway6 })
        {
            var order = second with { Addresses = [second.Addresses[0], taken] };
            await Throws.FaultAsync(FaultCode.Conflict, async () => await Networks.JoinAsync(order, Ct));
            order = order with { Owner = Owner("third"), Addresses = [AddressOf(network, 7), taken] };
            await Throws.FaultAsync(FaultCode.Conflict, async () => await Networks.JoinAsync(order, Ct));
        }

        await IsListedAsync([network], first, second);
    }

    [Fact]
    public async Task Joining_and_leaving_can_be_repeated_and_frees_the_addresses()
    {
        var (network, first) = (Network(), Member(Network(), 5, Owner("first")));
        await Networks.LeaveAsync(network.Network, first.Owner, Ct);
        await Networks.EnsureAsync(network, Ct);
        await Networks.JoinAsync(first, Ct);
        await Networks.JoinAsync(first, Ct);
        await IsListedAsync([network], first);

        var moved = Member(network, 6, first.Owner);
        await Networks.JoinAsync(moved, Ct);
        await IsListedAsync([network], moved);
        var second = first with { Owner = Owner("second") };
        await Networks.JoinAsync(second, Ct);
        await IsListedAsync([network], moved, second);

        await Networks.LeaveAsync(network.Network, moved.Owner, Ct);
        await Networks.LeaveAsync(network.Network, moved.Owner, Ct);
        await IsListedAsync([network], second);
        await Networks.JoinAsync(moved with { Owner = Owner("third") }, Ct);
    }

    [Fact]
    public async Task A_container_is_in_one_network_at_a_time()
    {
        var (network, another) = (Network("one"), Network("another"));
        var member = Member(network, 5, Owner());
        await Networks.EnsureAsync(network, Ct);
        await Networks.EnsureAsync(another, Ct);
        await Networks.JoinAsync(member, Ct);

        await Throws.FaultAsync(FaultCode.Conflict, async () => await Networks.JoinAsync(Member(another, 6, member.Owner), Ct));
        await Networks.LeaveAsync(another.Network, member.Owner, Ct);
        await IsListedAsync([network], member);
        await IsListedAsync([another]);

        await Networks.LeaveAsync(network.Network, member.Owner, Ct);
        await Networks.JoinAsync(Member(another, 6, member.Owner), Ct);
        await IsListedAsync([network]);
        await IsListedAsync([another], Member(another, 6, member.Owner));
    }

    [Fact]
    public async Task What_was_held_and_joined_is_remembered_by_a_new_daemon_and_after_a_reboot()
    {
        var (older, newer) = (Network(holder: "older"), In(Network(holder: "newer") with { Version = 2 }, "10.20.1.0/25"));
        var (member, gone) = (Member(newer, 5, Owner("member")), Member(newer, 6, Owner("gone")));
        await Networks.EnsureAsync(older, Ct);
        await Networks.EnsureAsync(newer, Ct);
        await Networks.JoinAsync(member, Ct);
        await Networks.JoinAsync(gone, Ct);
        await Networks.LeaveAsync(gone.Network, gone.Owner, Ct);

        await ReopenAsync();
        await IsListedAsync([newer, older], member);
        await RebootAsync();
        await IsListedAsync([newer, older], member);

        var another = Member(newer, 6, Owner("another"));
        await Networks.JoinAsync(another, Ct);
        await IsListedAsync([newer, older], member, another);
        await Throws.FaultAsync(FaultCode.Conflict, async () => await Networks.JoinAsync(another with { Owner = Owner("third") }, Ct));
    }

    [Fact]
    public async Task Many_at_once_are_listed_by_id_and_gone_when_they_are_released()
    {
        var networks = Enumerable.Range(0, 8).Select(i => Network($"{i}")).ToList();
        var members = networks
            .SelectMany(network => Enumerable.Range(5, 3).Select(i => Member(network, i, Owner($"{network.Network} {i}")))).ToList();

        await Task.WhenAll(networks.Select(network => Networks.EnsureAsync(network, Ct).AsTask()));
        await Task.WhenAll(members.Select(member => Networks.JoinAsync(member, Ct).AsTask()));

        Assert.Equal(
            networks.Select(network => network.Network.ToString()).Order(StringComparer.Ordinal),
            (await Networks.ListAsync(Ct)).Select(network => network.Id.ToString()));
        foreach (var network in networks)
        {
            await IsListedAsync([network], [.. members.Where(member => member.Network == network.Network)]);
        }

        Assert.Empty((await Networks.MendAsync(Ct)).Mended);
        await Task.WhenAll(members.Select(member => Networks.LeaveAsync(member.Network, member.Owner, Ct).AsTask()));
        await Task.WhenAll(networks.Select(network => Networks.ReleaseAsync(network.Network, network.Holder, Ct).AsTask()));
        Assert.Empty(await Networks.ListAsync(Ct));
    }
}
