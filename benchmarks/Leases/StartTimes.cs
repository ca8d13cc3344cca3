using System.Diagnostics;
using Provision.Grid;
using Provision.Reservations.Faults;

namespace Provision.Benchmarks.Leases;

/// <summary>
/// How long a node is away when its daemon is started anew: from before the process exists until its status socket says that a poll was
/// answered. It is asked every 2 ms. The pool is there already; making it the first time takes longer.
/// </summary>
internal static class StartTimes
{
    private const int Count = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    /// <summary>Stops and starts the node.</summary>
    public static async Task<IReadOnlyList<TimeSpan>> MeasureAsync(TestGrid grid, CancellationToken ct)
    {
        var samples = new List<TimeSpan>();
        while (samples.Count < Count)
        {
            await grid.Provisiond!.StopAsync(TimeMax);
            var started = Stopwatch.GetTimestamp();
            grid.StartNode();
            while (!await HasPolledAsync(grid))
            {
                if (Stopwatch.GetElapsedTime(started) > TimeMax)
                {
                    throw new TimeoutException($"provisiond did not poll within {TimeMax}.");
                }

                await Task.Delay(Interval, TimeProvider.System, ct);
            }

            samples.Add(Stopwatch.GetElapsedTime(started));
        }

        return samples;
    }

    private static async Task<bool> HasPolledAsync(TestGrid grid)
    {
        try
        {
            return (await grid.Socket.StatusAsync()).TryGetProperty("seconds_since_good_poll", out _);
        }
        catch (FaultException e) when (e.Fault.Transient)
        {
            return false;
        }
    }
}
