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
        if (random.Next(4) == 0)
        {
            nodes[random.Next(nodes.Count)].EndOne();
        }

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

    // It builds on up to two volumes of the node, which may be gone by then, and its program may be one that ends at once.
    private string Describe(NodeId node)
    {
        var volumes = Placed.Where(order => order.Kind == "volume" && order.Node == node).TakeLast(6).ToArray();
        random.Shuffle(volumes);
        var mounts = volumes.Take(random.Next(3)).Select((volume, index) =>
            $$"""{"volume_id":"{{volume.ComputeDigest()}}","mountpoint":"/data{{index}}"}""");
        var program = random.Next(4) == 0 ? "exit 1" : "sleep 1";
        return $$"""
            {"flist":"{{FleetNode.Image}}","entrypoint":"{{program}}","mounts":[{{string.Join(',', mounts)}}],"network":{{Join()}}}
            """;
    }

    // A network of the name may not be there, or full, and the address taken or outside of it.
    private string Join() => random.Next(3) switch
    {
        0 => "null",
        1 => $$"""{"network_id":"n{{random.Next(2)}}"}""",
        _ => $$"""{"network_id":"n{{random.Next(2)}}","ips":["10.1.1.{{random.Next(1, 9)}}"]}""",
    };

    // Few names, so that there are many versions, and some that have no room for what is there.
    private string DescribeNetwork()
    {
        var subnet = random.Next(5) switch { 0 => "10.1.1.0/29", 1 => "10.1.2.0/24", _ => "10.1.1.0/24" };
        return $$"""{"name":"n{{random.Next(2)}}","net_resources":[{"subnet":"{{subnet}}"}]}""";
    }

    private async Task ReserveAsync()
    {
        var nonce = new byte[12];
        random.NextBytes(nonce);
        var node = nodes[random.Next(nodes.Count)].Id;
        var (kind, data) = random.Next(5) switch
        {
            0 or 1 => ("volume", $$"""{"size":{{random.Next(0, 4)}},"type":"{{(random.Next(8) == 0 ? "HDD" : "SSD")}}"}"""),
            2 => ("network", DescribeNetwork()),
            _ => ("container", Describe(node)),
        };
        var order = key.Sign(new Reservation
        {
            Node = node,
            User = new UserId(key.PublicKey),
            Kind = kind,
            Data = CanonicalJson.Of(data),
            Created = time.GetUtcNow(),
            Duration = TimeSpan.FromSeconds(random.Next(5, 600)),
            Nonce = Convert.ToHexString(nonce),
        });
        await core.SubmitAsync(order);
        placed.Add((order, 0));
        trace.Add("user", $"reserved {kind} {order.ComputeDigest().Short} for {order.Duration}");
    }
}
