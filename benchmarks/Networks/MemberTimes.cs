using Provision.Machine.Linux.Containers;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Networks;

namespace Provision.Benchmarks.Networks;

/// <summary>The links of a member alone, by netlink and by ip(8): what docs/decisions/0015-netlink.md chose from.</summary>
internal sealed class MemberTimes
{
    private const string Link = "x0"; // Of the member that ip(8) makes.
    private readonly NetworkOrder network;
    private readonly NetworkPlaces places;
    private readonly MemberLinks links;
    private readonly string space;
    private readonly string batchSpace;

    private MemberTimes(string root, NetworkOrder network)
    {
        this.network = network;
        places = new NetworkPlaces(root);
        links = new MemberLinks(places, new Places(root), new ControlGroups(TimeProvider.System), new SettingTurns());
        space = places.NamespaceOf(network.Network);
        batchSpace = places.Prefix + "batch"; // One of the instance's: it goes with the others when the measuring is stopped.
    }

    /// <summary>In a network that is whole and has no members.</summary>
    public static async Task<(List<TimeSpan> Netlink, List<TimeSpan> Batch)> MeasureAsync(
        MachineNetworks machine, NetworkOrder network, int count, CancellationToken ct)
    {
        var times = new MemberTimes(machine.Root, network);
        List<TimeSpan> netlink = [], batch = [];
        for (var i = 0; i < count; i++)
        {
            netlink.AddRange(await Tool.TimeAsync(1, _ => Task.Run(() => times.Make(i), ct)));
            times.links.Remove(network.Network, NetworkOrders.Member(network, i).Owner);
            batch.AddRange(await Tool.TimeAsync(1, _ => times.MakeByBatchesAsync(NetworkOrders.Member(network, i), ct)));
            await Tool.RunAsync("ip", ["-n", times.space, "link", "delete", Link], ct);
            await Tool.RunAsync("ip", ["netns", "delete", times.batchSpace], ct);
        }

        return (netlink, batch);
    }

    private void Make(int number)
    {
        using var inside = NamespaceFolder.Open(space)!;
        links.Ensure(NetworkOrders.Member(network, number), network, inside, []);
    }

    /// <summary>A namespace, then a batch in each of both: the same, without looking first and without settings of the kernel.</summary>
    private async Task MakeByBatchesAsync(MemberOrder member, CancellationToken ct)
    {
        await Tool.RunAsync("ip", ["netns", "add", batchSpace], ct);
        await RunAsync(
            space,
            [
                $"link add {Link} master {NetworkPlaces.BridgeOf(network.Network)} type veth peer name eth0 netns {batchSpace}",
                $"link set {Link} up",
            ],
            ct);
        await RunAsync(
            batchSpace,
            [
                "link set lo up", "link set eth0 up", $"address add {member.Addresses[0]}/24 dev eth0",
                $"address add {member.Addresses[1]}/120 dev eth0 nodad", $"route add default via {network.Gateway}",
                $"route add default via {NetworkLinks.Gateway6} dev eth0",
            ],
            ct);
    }

    private static Task<string> RunAsync(string space, IReadOnlyList<string> lines, CancellationToken ct) =>
        Tool.RunAsync("ip", ["-n", space, "-batch", "-"], ct, string.Join('\n', lines) + "\n");
}
