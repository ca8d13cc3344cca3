using System.Net;
using System.Runtime.CompilerServices;
using Provision.Machine.Conformance.Containers;
using Provision.Machine.Conformance.Networks;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Tests.Containers;
using Provision.Machine.Networks;
using Xunit;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>They look at all that a machine has of networks, so nothing else runs beside them.</summary>
[CollectionDefinition(nameof(NetworkCollection), DisableParallelization = true)]
public sealed class NetworkCollection;

/// <summary>
/// What tests of real networks have in common: a machine with a neighbour, an internet behind it, and a container that greets. Each test
/// begins and ends without networks.
/// </summary>
[Collection(nameof(NetworkCollection))]
public abstract class LinuxNetworkSuite(ContainerFixture fixture) : NetworkSuite, IClassFixture<ContainerFixture>, IAsyncLifetime
{
    protected override ITestMachine Subject => fixture;

    protected const int Port = 80;

    protected ContainerFixture Fixture => fixture;

    private protected NetworkPlaces Places => new(fixture.Root);

    private protected Outside Outside { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        NetworkTraces.NeedsOwnMachine();
        await File.WriteAllTextAsync("/proc/sys/net/ipv4/ip_forward", "0", Ct); // As a machine has it that forwards for nobody.
        Outside = new Outside();
        (fixture.AllowedDestinations, fixture.Resolvers) = ([], [Outside.Neighbour]);
        await fixture.ReopenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await RemoveAllAsync();
        Outside.Dispose();
        Dispose();
    }

    protected async Task<NetworkOrder> EnsuredAsync(string which = "", [CallerMemberName] string test = "")
    {
        var network = Network(which, test: test);
        await Networks.EnsureAsync(network, Ct);
        return network;
    }

    /// <summary>A member that runs and greets at <see cref="Port"/>.</summary>
    protected async Task<ContainerOrder> ServerAsync(
        NetworkOrder network, int host, string which = "server", [CallerMemberName] string test = "")
    {
        var server = await JoinedAsync(network, host, $"listen {Port}", which, test);
        await Containers.EnsureAsync(server, Ct);
        return server;
    }

    /// <summary>Which of these (an address and a port each) greeted a member that asked all of them.</summary>
    protected async Task<string> GreetedByAsync(
        NetworkOrder network, int host, IEnumerable<string> places, [CallerMemberName] string test = "")
    {
        var lines = places.Select(place => $"connect {place} 1 2>/dev/null && echo '{place}'");
        return await SaidAsync(network, host, string.Join('\n', lines.Append("true")), test);
    }

    /// <summary>What a script said as a member; more programs of busybox are called as <c>busybox NAME</c>.</summary>
    protected async Task<string> SaidAsync(NetworkOrder network, int host, string script, [CallerMemberName] string test = "")
    {
        var order = await JoinedAsync(network, host, "run", script, test) with { Arguments = ["sh", "-c", script] };
        Assert.Equal(0, await CodeOfAsync(order));
        var said = File.ReadLines(fixture.LogOf(order.Owner)).Select(line => line.Split(' ', 4)[3]);
        await Containers.RemoveAsync(order.Owner, Grace, Ct);
        await Networks.LeaveAsync(network.Network, order.Owner, Ct);
        return string.Join('\n', said);
    }

    /// <summary>What was mended after as many looks as it takes until settings were looked at, too.</summary>
    protected async Task<IReadOnlyList<string>> MendedInTurnsAsync()
    {
        var mended = new List<string>();
        for (var look = 0; look < SettingTurns.Looks; look++)
        {
            mended.AddRange((await Networks.MendAsync(Ct)).Mended);
        }

        return mended;
    }

    /// <summary>The address of the network's way out.</summary>
    private protected IPAddress UplinkOf(NetworkOrder network) =>
        AddressIn(RunIn(Places.NamespaceOf(network.Network), "ip", "-o", "-4", "address", "show", "dev", NetworkPlaces.Outside));

    /// <summary>The address in the first line of ip(8).</summary>
    protected static IPAddress AddressIn(string line) =>
        IPAddress.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3].Split('/')[0]);

    /// <summary>Runs a command in a namespace of the instance.</summary>
    protected static string RunIn(string space, params IReadOnlyList<string> command) =>
        Tool.Run("ip", ["netns", "exec", space, .. command]);
}
