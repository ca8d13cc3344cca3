using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Linux.Tests.Containers;
using Xunit;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>What cannot be mended or read is told, and keeps nothing else from being whole.</summary>
public sealed class NetworkTroubleTests(ContainerFixture fixture) : LinuxNetworkSuite(fixture)
{
    [Fact]
    public async Task One_member_that_cannot_be_made_whole_keeps_no_other_from_it()
    {
        var network = await EnsuredAsync();
        var owners = new[] { Owner("one"), Owner("two") }.OrderBy(owner => owner.ToString(), StringComparer.Ordinal).ToList();
        foreach (var owner in owners)
        {
            await Networks.JoinAsync(Member(network, 5 + owners.IndexOf(owner), owner), Ct);
            Tool.Run("ip", "netns", "delete", Places.NamespaceOf(owner));
        }

        var inTheWay = Directory.CreateDirectory(NamespaceFolder.PathOf(Places.NamespaceOf(owners[0])));
        try
        {
            var result = await Networks.MendAsync(Ct);
            Assert.Contains(owners[0].Short, Assert.Single(result.Troubles).What, StringComparison.Ordinal);
            Assert.Contains(result.Mended, line => line.Contains(owners[1].Short, StringComparison.Ordinal));
            Assert.DoesNotContain(result.Mended, line => line.Contains(owners[0].Short, StringComparison.Ordinal));

            var again = await Networks.MendAsync(Ct);
            Assert.Equal(result.Troubles, again.Troubles);
            Assert.Empty(again.Mended);
        }
        finally
        {
            inTheWay.Delete();
        }

        var last = await Networks.MendAsync(Ct);
        Assert.Contains(last.Mended, line => line.Contains(owners[0].Short, StringComparison.Ordinal));
        Assert.Empty(last.Troubles);
    }

    [Fact]
    public async Task A_network_that_cannot_be_read_is_told_by_name_and_kept_and_the_others_go_on()
    {
        var (broken, other) = (await EnsuredAsync("broken"), await EnsuredAsync("other"));
        using (var record = new Unreadable(Path.Combine(Places.FolderOf(broken.Network), "holders", $"{broken.Holder}.json")))
        {
            Tool.Run("ip", "netns", "delete", Places.NamespaceOf(other.Network));
            Assert.Equal([other.Network], (await Networks.ListAsync(Ct)).Select(network => network.Id));

            var result = await Networks.MendAsync(Ct);

            Assert.Contains(record.Path, Assert.Single(result.Troubles).What, StringComparison.Ordinal);
            Assert.Contains(result.Mended, line => line.Contains(other.Network.ToString(), StringComparison.Ordinal));
            Assert.NotNull(NamespaceFolder.Open(Places.NamespaceOf(broken.Network)));
        }

        Assert.Empty((await Networks.MendAsync(Ct)).Troubles);
        Assert.Equal(2, (await Networks.ListAsync(Ct)).Count);
    }

    [Fact]
    public async Task A_member_that_cannot_be_read_is_told_by_name_and_kept_and_the_others_go_on_and_may_leave()
    {
        var network = await EnsuredAsync();
        var (broken, other) = (Member(network, 5, Owner("broken")), Member(network, 6, Owner("other")));
        await Networks.JoinAsync(broken, Ct);
        await Networks.JoinAsync(other, Ct);
        using (var record = new Unreadable(Path.Combine(Places.FolderOf(network.Network), "members", $"{broken.Owner}.json")))
        {
            Tool.Run("ip", "netns", "delete", Places.NamespaceOf(other.Owner));

            var result = await Networks.MendAsync(Ct);

            Assert.Contains(record.Path, Assert.Single(result.Troubles).ToString(), StringComparison.Ordinal);
            Assert.Contains(result.Mended, line => line.Contains(other.Owner.Short, StringComparison.Ordinal));
            Assert.NotNull(NamespaceFolder.Open(Places.NamespaceOf(broken.Owner)));
            Assert.Empty(await Networks.ListAsync(Ct));
            await Networks.LeaveAsync(network.Network, other.Owner, Ct);
        }

        await IsListedAsync([network], broken);
    }

    [Fact]
    public async Task What_nobody_holds_is_not_listed_and_goes_when_it_is_released()
    {
        var network = await EnsuredAsync();
        var member = Member(network, 5, Owner());
        await Networks.JoinAsync(member, Ct);
        File.Delete(Path.Combine(Places.FolderOf(network.Network), "holders", $"{network.Holder}.json"));

        Assert.Empty(await Networks.ListAsync(Ct));
        Assert.Empty((await Networks.MendAsync(Ct)).Mended);

        await Networks.LeaveAsync(network.Network, member.Owner, Ct);
        await Networks.ReleaseAsync(network.Network, network.Holder, Ct);
        Assert.False(Directory.Exists(Places.FolderOf(network.Network)));
    }

    [Fact]
    public async Task Nobody_to_be_asked_for_names_is_a_trouble_that_says_what_to_do()
    {
        Assert.Empty((await Networks.MendAsync(Ct)).Troubles);
        Fixture.Resolvers = [];
        await ReopenAsync();

        var trouble = Assert.Single((await Networks.MendAsync(Ct)).Troubles);

        Assert.Contains("--resolver", trouble.Remedy!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_router_does_not_come_back_for_a_network_that_went_meanwhile()
    {
        var before = NetworkTraces.All();
        using var routing = new RoutingLock();
        var rules = new Rules(Places, new Commands(TimeProvider.System));
        using var router = new Router(Places, rules, new NetworkAccess([], []), routing, new SettingTurns());
        var changes = new List<string>();

        await router.EnsureAsync(() => false, ConnectionBounds.Read(), changes);

        Assert.Empty(changes);
        Assert.Equal(before, NetworkTraces.All());
    }

    [Fact]
    public void A_bridge_that_is_taken_away_meanwhile_is_what_a_fault_is_made_of()
    {
        var links = new MemberLinks(Places, new Places(Fixture.Root), new ControlGroups(TimeProvider.System), new SettingTurns());
        using var empty = NetworkNamespace.RunInNew(() => new NetworkNamespace(File.OpenHandle("/proc/thread-self/ns/net")));

        var error = Assert.Throws<IOException>(() => links.Ensure(Member(Network(), 5, Owner()), Network(), empty, []));

        Assert.Contains(NetworkPlaces.BridgeOf(Network().Network), error.Message, StringComparison.Ordinal);
    }

    /// <summary>A record that the disk spoiled, until it is disposed of.</summary>
    private sealed class Unreadable : IDisposable
    {
        private readonly byte[] content;

        public Unreadable(string path)
        {
            (Path, content) = (path, File.ReadAllBytes(path));
            File.WriteAllBytes(path, content[..^1]);
        }

        public string Path { get; }

        public void Dispose() => File.WriteAllBytes(Path, content);
    }
}
