using System.Diagnostics;
using System.Globalization;
using Provision.Machine.Networks;

namespace Provision.Benchmarks.Networks;

/// <summary>Calls of the port.</summary>
internal static class PortTimes
{
    /// <summary>So many networks, each made and taken away before the next. The router stays when another network is there.</summary>
    public static Task<IReadOnlyList<TimeSpan>> EnsureAsync(INetworks port, int count, CancellationToken ct) => TimeAsync(count, async i =>
    {
        var network = NetworkOrders.Network(string.Create(CultureInfo.InvariantCulture, $"one by one {i}"));
        return (
            await ClockAsync(() => port.EnsureAsync(network, ct)),
            () => port.ReleaseAsync(network.Network, network.Holder, ct));
    });

    /// <summary>So many joins of a network that is there, each followed by one that finds all well, and undone before the next.</summary>
    public static async Task<(IReadOnlyList<TimeSpan> Joins, IReadOnlyList<TimeSpan> Looks)> JoinAsync(
        INetworks port, NetworkOrder network, int count, CancellationToken ct)
    {
        List<TimeSpan> looks = [];
        var joins = await TimeAsync(count, async i =>
        {
            var member = NetworkOrders.Member(network, i);
            var join = await ClockAsync(() => port.JoinAsync(member, ct));
            looks.Add(await ClockAsync(() => port.JoinAsync(member, ct)));
            return (join, () => port.LeaveAsync(network.Network, member.Owner, ct));
        });
        return (joins, looks);
    }

    /// <summary>Joins in a second when each network has so many, one after the other, and all networks at once. They are undone.</summary>
    public static async Task<double> JoinAtOnceAsync(
        INetworks port, IReadOnlyList<NetworkOrder> networks, int members, CancellationToken ct)
    {
        var all = await ClockAsync(() => new ValueTask(Task.WhenAll(networks.Select(network => Task.Run(
            async () =>
            {
                for (var i = 0; i < members; i++)
                {
                    await port.JoinAsync(NetworkOrders.Member(network, i), ct);
                }
            },
            ct)))));
        foreach (var network in networks)
        {
            for (var i = 0; i < members; i++)
            {
                await port.LeaveAsync(network.Network, NetworkOrders.Member(network, i).Owner, ct);
            }
        }

        return networks.Count * members / all.TotalSeconds;
    }

    /// <summary>How long one call takes.</summary>
    public static async Task<TimeSpan> ClockAsync(Func<ValueTask> call)
    {
        var started = Stopwatch.GetTimestamp();
        await call();
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<IReadOnlyList<TimeSpan>> TimeAsync(int count, Func<int, Task<(TimeSpan Took, Func<ValueTask> Undo)>> run)
    {
        var samples = new List<TimeSpan>();
        for (var i = 0; i < count; i++)
        {
            var (took, undo) = await run(i);
            samples.Add(took);
            await undo();
        }

        return samples;
    }
}
