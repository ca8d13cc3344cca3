using System.Globalization;
using Provision.Machine.Networks;

namespace Provision.Benchmarks.Networks;

/// <summary>What networks cost when others are there: of each some members, as many as a user has containers.</summary>
internal static class GrowthTimes
{
    private const int Members = 5;
    private const int Count = 10;
    private const int Passes = 3;
    private static readonly int[] Sizes = [1, 50, 100, 200];

    /// <summary>Fills the table; the networks stay.</summary>
    public static async Task RunAsync(Report report, INetworks port, CancellationToken ct)
    {
        var (made, took) = (0, TimeSpan.Zero);
        foreach (var size in Sizes)
        {
            took += await PortTimes.ClockAsync(async () =>
            {
                for (; made < size; made++)
                {
                    await MakeAsync(port, made, ct);
                }
            });
            report.Row($"{size} networks of {Members}: one more network", await PortTimes.EnsureAsync(port, Count, ct));
            var probe = NetworkOrders.Network("probe");
            await port.EnsureAsync(probe, ct);
            var (joins, looks) = await PortTimes.JoinAsync(port, probe, Count, ct);
            await port.ReleaseAsync(probe.Network, probe.Holder, ct);
            report.Row($"{size} networks of {Members}: one more join", joins);
            report.Row($"{size} networks of {Members}: a join that finds all well", looks);
            report.Row($"{size} networks of {Members}: a look at all of them", await LookAsync(port, ct));
        }

        report.Row($"{made} networks of {Members}: made, all together", took.TotalSeconds, "s", 1);
    }

    private static async Task MakeAsync(INetworks port, int number, CancellationToken ct)
    {
        var network = NetworkOrders.Network(string.Create(CultureInfo.InvariantCulture, $"network {number}"));
        await port.EnsureAsync(network, ct);
        for (var i = 0; i < Members; i++)
        {
            await port.JoinAsync(NetworkOrders.Member(network, i), ct);
        }
    }

    private static async Task<IReadOnlyList<TimeSpan>> LookAsync(INetworks port, CancellationToken ct)
    {
        var samples = new List<TimeSpan>();
        for (var i = 0; i < Passes; i++)
        {
            IReadOnlyList<string> mended = [];
            samples.Add(await PortTimes.ClockAsync(async () => mended = (await port.MendAsync(ct)).Mended));
            if (mended.Count > 0)
            {
                throw new InvalidOperationException($"Nobody broke anything, and yet: {string.Join("; ", mended)}");
            }
        }

        return samples;
    }
}
