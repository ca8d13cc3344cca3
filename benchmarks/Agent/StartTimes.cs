using System.Diagnostics;
using System.Text.Json;
using Provision.Grid;
using Provision.Reservations.Faults;

namespace Provision.Benchmarks.Agent;

/// <summary>
/// How long a node is away when its daemon is started anew: from before the process exists until its status socket says what is waited
/// for. It is asked every 2 ms. The pool is there already; making it the first time takes longer.
/// </summary>
internal static class StartTimes
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    /// <summary>Until a poll was answered.</summary>
    public static Task<IReadOnlyList<TimeSpan>> ToPollAsync(TestGrid grid, string program, int count, CancellationToken ct) =>
        MeasureAsync(grid, program, count, status => status.TryGetProperty("seconds_since_good_poll", out _), ct);

    /// <summary>Until everything that was leased before is seen to be there.</summary>
    public static Task<IReadOnlyList<TimeSpan>> ToAdoptionAsync(TestGrid grid, string program, int count, CancellationToken ct) =>
        MeasureAsync(
            grid,
            program,
            count,
            status => status.GetProperty("workloads").EnumerateArray().All(workload =>
                workload.GetProperty("state").ValueEquals("live") && workload.GetProperty("next").ValueEquals("")),
            ct);

    private static async Task<IReadOnlyList<TimeSpan>> MeasureAsync(
        TestGrid grid, string program, int count, Func<JsonElement, bool> until, CancellationToken ct)
    {
        var samples = new List<TimeSpan>();
        while (samples.Count < count)
        {
            await grid.Provisiond!.StopAsync(TimeMax);
            var started = Stopwatch.GetTimestamp();
            grid.StartNode(program);
            while (!await SaysAsync(grid, until))
            {
                if (Stopwatch.GetElapsedTime(started) > TimeMax)
                {
                    throw new TimeoutException($"provisiond was not ready within {TimeMax}.");
                }

                await Task.Delay(Interval, TimeProvider.System, ct);
            }

            samples.Add(Stopwatch.GetElapsedTime(started));
        }

        return samples;
    }

    private static async Task<bool> SaysAsync(TestGrid grid, Func<JsonElement, bool> until)
    {
        try
        {
            return until(await grid.Socket.StatusAsync());
        }
        catch (FaultException e) when (e.Fault.Transient)
        {
            return false;
        }
    }
}
