using System.Diagnostics;
using System.Security.Cryptography;
using Provision.Explorer.Client;
using Provision.Grid;
using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Benchmarks.Containers;

/// <summary>
/// Containers as a user orders them. Times are from the explorer's answer to the order to its view that shows the receipt.
/// </summary>
internal sealed class ContainerOrders(TestGrid grid, ImageReference image)
{
    /// <summary>What the user calls the network that is in place.</summary>
    public const string Network = "bench";

    private static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(60);

    // Who asks without one keeps a processor, and the explorer another: the machine is left with none for the containers.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private readonly ExplorerClient explorer = ExplorerClient.Create(grid.Address, grid.User);
    private readonly List<Digest> running = [];

    /// <summary>What all that are ordered from now on have besides: members of the order's data, in JSON.</summary>
    public string Extras { get; set; } = "";

    /// <summary>Orders one and returns when it lives.</summary>
    public async Task<Digest> StartAsync(CancellationToken ct) => await LiveAsync(await OrderAsync(ct), ct);

    /// <summary>Orders a network, and returns when it lives.</summary>
    public async Task<Digest> StartNetworkAsync(CancellationToken ct) =>
        await LiveAsync(await OrderAsync("network", $$"""{"name":"{{Network}}"}""", ct), ct);

    /// <summary>Orders a volume, and returns when it lives: by what it is mounted, too.</summary>
    public async Task<(Digest Order, ReservationId Id)> StartVolumeAsync(CancellationToken ct)
    {
        var order = await LiveAsync(await OrderAsync("volume", """{"size":1,"type":"SSD"}""", ct), ct);
        return (order, (await explorer.FindReservationAsync(order.ToString(), ct)).Id);
    }

    /// <summary>One after the other, each cancelled before the next.</summary>
    public async Task<(List<TimeSpan> Live, List<TimeSpan> Gone)> OneByOneAsync(int warmup, int count, CancellationToken ct)
    {
        List<TimeSpan> live = [], gone = [];
        for (var round = -warmup; round < count; round++)
        {
            var order = await OrderAsync(ct);
            var lived = await ReachAsync(order, ReceiptState.Ok, ct);
            var went = await CancelAsync(order, ct);
            if (round >= 0)
            {
                live.Add(lived);
                gone.Add(went);
            }
        }

        return (live, gone);
    }

    /// <summary>All ordered before any is asked for; they stay. The time of each, and of all together.</summary>
    public async Task<(List<TimeSpan> Each, TimeSpan All)> AtOnceAsync(int count, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            running.Add(await OrderAsync(ct));
        }

        var each = new List<TimeSpan>();
        foreach (var order in running)
        {
            await ReachAsync(order, ReceiptState.Ok, ct);
            each.Add(Stopwatch.GetElapsedTime(started));
        }

        return (each, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Cancels what <see cref="AtOnceAsync"/> left running.</summary>
    public async Task CancelAllAsync(CancellationToken ct)
    {
        foreach (var order in running)
        {
            await explorer.SubmitAsync(grid.User.Sign(grid.Cancel(order)), ct);
        }

        foreach (var order in running)
        {
            await ReachAsync(order, ReceiptState.Deleted, ct);
        }
    }

    /// <summary>Cancels one; how long it took.</summary>
    public async Task<TimeSpan> CancelAsync(Digest order, CancellationToken ct)
    {
        await explorer.SubmitAsync(grid.User.Sign(grid.Cancel(order)), ct);
        return await ReachAsync(order, ReceiptState.Deleted, ct);
    }

    private Task<Digest> OrderAsync(CancellationToken ct) => OrderAsync(
        "container",
        $$"""{"flist":"{{image}}","entrypoint":"sleep 3600","capacity":{"cpu":1,"memory":32,"disk":16}{{Extras}} }""",
        ct);

    private async Task<Digest> OrderAsync(string kind, string data, CancellationToken ct)
    {
        var order = grid.User.Sign(grid.Draft() with
        {
            Kind = kind,
            Data = CanonicalJson.Of(data),
            Nonce = RandomNumberGenerator.GetHexString(32, lowercase: true),
        });
        return (await explorer.SubmitAsync(order, ct)).Digest;
    }

    private async Task<Digest> LiveAsync(Digest order, CancellationToken ct)
    {
        await ReachAsync(order, ReceiptState.Ok, ct);
        return order;
    }

    private async Task<TimeSpan> ReachAsync(Digest order, ReceiptState state, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < TimeMax)
        {
            var view = await explorer.FindReservationAsync(order.ToString(), ct);
            if (view.Receipts is [.., var last] && last.State == state)
            {
                return Stopwatch.GetElapsedTime(started);
            }

            await Task.Delay(Pause, ct);
        }

        throw new TimeoutException($"{order.Short} was not {state} after {TimeMax}.");
    }
}
