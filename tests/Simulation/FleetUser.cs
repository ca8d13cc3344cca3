using Provision.Explorer.Feed;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;

namespace Provision.Simulation;

/// <summary>Users who order, extend and cancel at random, and now and then order nonsense.</summary>
public sealed class FleetUser(ExplorerCore core, IReadOnlyList<FleetNode> nodes, Random random, TimeProvider time, Trace trace)
{
    private readonly KeyPair key = Actors.Key(50);
    private readonly List<(Reservation Order, long Counter)> placed = [];

    /// <summary>Every reservation that the explorer took.</summary>
    public IReadOnlyList<Reservation> Placed => [.. placed.Select(item => item.Order)];

    /// <summary>Acts until the time is over.</summary>
    public async Task RunAsync(TimeSpan span, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < span)
        {
            await time.DelayAsync(TimeSpan.FromMilliseconds(random.Next(1, 8000)), ct);
            try
            {
                await ActAsync();
            }
            catch (FaultException e)
            {
                trace.Add("user", $"refused: {e.Fault.Code}");
            }
        }
    }

    private async Task ActAsync()
    {
        if (placed.Count == 0 || random.Next(2) == 0)
        {
            await ReserveAsync();
            return;
        }

        var index = random.Next(placed.Count);
        var (order, counter) = placed[index];
        FollowUp follow = random.Next(3) == 0
            ? new Extend
            {
                Reservation = order.ComputeDigest(),
                User = order.User,
                Counter = counter + 1,
                Created = time.GetUtcNow(),
                Duration = order.Duration * 2,
            }
            : new Cancel
            {
                Reservation = order.ComputeDigest(),
                User = order.User,
                Counter = counter + 1,
                Created = time.GetUtcNow(),
                KeepData = random.Next(3) == 0,
            };
        await core.SubmitAsync(key.Sign(follow));
        placed[index] = (order, counter + 1);
        trace.Add("user", $"{follow.Sort} {follow.Reservation.Short}");
    }

    private async Task ReserveAsync()
    {
        var nonce = new byte[12];
        random.NextBytes(nonce);
        var order = key.Sign(new Reservation
        {
            Node = nodes[random.Next(nodes.Count)].Id,
            User = new UserId(key.PublicKey),
            Kind = "volume",
            Data = CanonicalJson.Of($$"""{"size":{{random.Next(0, 5)}},"type":"{{(random.Next(8) == 0 ? "HDD" : "SSD")}}"}"""),
            Created = time.GetUtcNow(),
            Duration = TimeSpan.FromSeconds(random.Next(5, 600)),
            Nonce = Convert.ToHexString(nonce),
        });
        await core.SubmitAsync(order);
        placed.Add((order, 0));
        trace.Add("user", $"reserved {order.ComputeDigest().Short} for {order.Duration}");
    }
}
