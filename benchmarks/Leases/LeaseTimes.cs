using System.Diagnostics;
using Provision.Explorer.Client;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Signing;

namespace Provision.Benchmarks.Leases;

/// <summary>
/// How long a user waits. The clock starts when the explorer's answer to an order is here, and stops when its view of the reservation,
/// asked for again and again without a pause, shows the node's receipt. The asking adds up to one round trip, which is measured beside
/// it, and takes processor time from the programs that are measured.
/// </summary>
internal static class LeaseTimes
{
    // A node runs for months: what counts is code that the compiler has seen often enough to have optimized it.
    private const int Warmup = 100;
    private const int Count = 50;
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    /// <summary>The lines of the table.</summary>
    public static async Task<IReadOnlyList<(string Name, IReadOnlyList<TimeSpan> Samples)>> MeasureAsync(
        TestGrid grid, CancellationToken ct)
    {
        using var explorer = ExplorerClient.Create(grid.Address, grid.User);
        List<TimeSpan> live = [], gone = [], submit = [], ask = [];
        for (var round = -Warmup; round < Count; round++)
        {
            var started = Stopwatch.GetTimestamp();
            var order = (await explorer.SubmitAsync(grid.User.Sign(grid.Draft()), ct)).Digest;
            var submitted = Stopwatch.GetElapsedTime(started);
            var lived = await ReachAsync(explorer, order, ReceiptState.Ok, ct);

            started = Stopwatch.GetTimestamp();
            await explorer.FindReservationAsync(order.ToString(), ct);
            var asked = Stopwatch.GetElapsedTime(started);

            await explorer.SubmitAsync(grid.User.Sign(grid.Cancel(order)), ct);
            var went = await ReachAsync(explorer, order, ReceiptState.Deleted, ct);
            if (round >= 0)
            {
                live.Add(lived);
                gone.Add(went);
                submit.Add(submitted);
                ask.Add(asked);
            }
        }

        return
        [
            ("volume: order accepted to live", live),
            ("volume: cancel accepted to gone", gone),
            ("explorer: an order, sent and accepted", submit),
            ("explorer: one question, the most that asking adds", ask),
        ];
    }

    private static async Task<TimeSpan> ReachAsync(ExplorerClient explorer, Digest order, ReceiptState state, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < TimeMax)
        {
            var view = await explorer.FindReservationAsync(order.ToString(), ct);
            if (view.Receipts is [.., var last] && last.State == state)
            {
                return Stopwatch.GetElapsedTime(started);
            }
        }

        throw new TimeoutException($"{order.Short} was not {state} after {TimeMax}.");
    }
}
