using System.Globalization;
using Provision.Machine.Networks;

namespace Provision.Benchmarks.Networks;

/// <summary>
/// What the machine's port takes to make networks and members, one at a time and many at once, and what that comes to where there are
/// many. Needs root, and a network of its own (network_namespaces(7)): what it makes is real.
/// </summary>
internal static class NetworkBench
{
    private const int Warmup = 20;
    private const int Count = 50;
    private const int AtOnce = 8;
    private const int JoinsEach = 25;

    /// <summary>Fills the table.</summary>
    public static async Task RunAsync(Report report, CancellationToken ct)
    {
        var removing = TimeSpan.Zero;
        await using (var machine = new MachineNetworks())
        {
            await OneByOneAsync(report, machine, ct);
            await machine.Port.RemoveAllAsync();
            await GrowthTimes.RunAsync(report, machine.Port, ct);
            removing = await PortTimes.ClockAsync(machine.Port.RemoveAllAsync);
        }

        report.Row("all of them removed", removing.TotalSeconds, "s", 1);
    }

    private static async Task OneByOneAsync(Report report, MachineNetworks machine, CancellationToken ct)
    {
        var port = machine.Port;
        var networks = Enumerable.Range(0, AtOnce)
            .Select(i => NetworkOrders.Network(string.Create(CultureInfo.InvariantCulture, $"at once {i}"))).ToList();
        foreach (var network in networks)
        {
            await port.EnsureAsync(network, ct);
        }

        await PortTimes.EnsureAsync(port, Warmup, ct);
        await PortTimes.JoinAsync(port, networks[0], Warmup, ct);
        var ensures = await PortTimes.EnsureAsync(port, Count, ct);
        report.Row("network: made", ensures);
        report.Row("network: made in a second, one at a time", Rate(ensures), "/s", 1);
        var (joins, looks) = await PortTimes.JoinAsync(port, networks[0], Count, ct);
        report.Row("join, its record included", joins);
        report.Row("join that finds all well", looks);
        report.Row("joins in a second, one at a time", Rate(joins), "/s", 1);
        var rate = await PortTimes.JoinAtOnceAsync(port, networks, JoinsEach, ct);
        report.Row($"joins in a second, {AtOnce} networks at once", rate, "/s", 1);
        await MeasureLinksAsync(report, machine, networks[0], ct);
    }

    private static async Task MeasureLinksAsync(Report report, MachineNetworks machine, NetworkOrder network, CancellationToken ct)
    {
        var (netlink, batch) = await MemberTimes.MeasureAsync(machine, network, Count, ct);
        report.Row("links of a member, by netlink", netlink);
        report.Row("links of a member, by ip -batch", batch);
    }

    private static double Rate(IReadOnlyList<TimeSpan> samples) => samples.Count / samples.Sum(sample => sample.TotalSeconds);
}
