using System.Diagnostics;
using System.Globalization;
using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Tests.Containers;
using Xunit;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>What docs/decisions/0015-netlink.md says, measured again. The figures are in the output of the test.</summary>
public sealed class NetlinkSpeedTests(ContainerFixture fixture) : LinuxNetworkSuite(fixture)
{
    private const int Count = 50;

    [Fact]
    [Trait("Tier", "long")]
    public async Task A_member_is_made_sooner_by_netlink_than_by_a_batch_of_ip()
    {
        var network = await EnsuredAsync();
        var space = Places.NamespaceOf(network.Network);
        var members = new MemberLinks(Places, new Linux.Containers.Places(Fixture.Root), new ControlGroups(TimeProvider.System));
        var (links, batches) = (new List<double>(), new List<double>());
        var (joins, looks, ensures) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < Count; i++)
        {
            var member = Member(network, 5, Owner(string.Create(CultureInfo.InvariantCulture, $"{i}")));
            joins.Add(await TimeAsync(() => Networks.JoinAsync(member, Ct)));
            looks.Add(await TimeAsync(() => Networks.JoinAsync(member, Ct)));
            await Networks.LeaveAsync(member.Network, member.Owner, Ct);
            using (var inside = NamespaceFolder.Open(space)!)
            {
                links.Add(Time(() => members.Ensure(member, network, inside, [])));
            }

            members.Remove(member.Network, member.Owner);
            batches.Add(Time(() => MakeByBatches(space, NetworkPlaces.BridgeOf(network.Network))));
            Tool.Run("ip", "-n", space, "link", "delete", "x0");
            Tool.Run("ip", "netns", "delete", "provision-batch");
            var another = Network(string.Create(CultureInfo.InvariantCulture, $"another {i}"));
            ensures.Add(await TimeAsync(() => Networks.EnsureAsync(another, Ct)));
            await Networks.ReleaseAsync(another.Network, another.Holder, Ct);
        }

        Say("the links of a member, by netlink, p50", links);
        Say("the same by ip -batch, p50", batches);
        Say("join, its record included, p50", joins);
        Say("join, when all is well, p50", looks);
        Say("a network, p50", ensures);
        Assert.True(Middle(links) < Middle(batches));
    }

    // A namespace, then one batch in each of both: what a join does, without its records and without looking first.
    private static void MakeByBatches(string space, string bridge)
    {
        Tool.Run("ip", "netns", "add", "provision-batch");
        Run(space, $"link add x0 master {bridge} type veth peer name eth0 netns provision-batch", "link set x0 up");
        Run(
            "provision-batch", "link set lo up", "link set eth0 up", "address add 10.20.1.5/24 dev eth0",
            "address add fd00::5/64 dev eth0 nodad", "route add default via 10.20.1.1", "route add default via fe80::1 dev eth0");
    }

    private static void Run(string space, params string[] lines)
    {
        var start = new ProcessStartInfo("ip", ["-n", space, "-batch", "-"]) { RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Write(string.Join('\n', lines) + "\n");
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static double Time(Action action)
    {
        var start = TimeProvider.System.GetTimestamp();
        action();
        return TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<double> TimeAsync(Func<ValueTask> action)
    {
        var start = TimeProvider.System.GetTimestamp();
        await action();
        return TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Middle(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static void Say(string what, List<double> times) => TestContext.Current.TestOutputHelper!.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{what}: {Middle(times):F1} ms"));
}
