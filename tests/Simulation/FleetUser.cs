using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;

namespace Provision.Simulation;

/// <summary>Users who order, extend and cancel at random, and now and then order nonsense.</summary>
public sealed class FleetUser(ExplorerSite site, IReadOnlyList<FleetNode> nodes, Random random, TimeProvider time, Trace trace)
{
    private readonly KeyPair key = Actors.Key(50);
    private readonly Dictionary<Digest, FleetOrder> placed = [];

    /// <summary>Every reservation that the explorer took at some time, in the order in which they were made.</summary>
    public IReadOnlyCollection<FleetOrder> Placed => placed.Values;

    /// <summary>The digest of everything that was signed, follow-ups too.</summary>
    public HashSet<Digest> Signed { get; } = [];

    /// <summary>The reservation; null when nobody made it.</summary>
    public FleetOrder? Find(Digest digest) => placed.GetValueOrDefault(digest);

    /// <summary>Acts until the time is over.</summary>
    public async Task RunAsync(TimeSpan span, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < span)
        {
            await time.DelayAsync(TimeSpan.FromMilliseconds(random.Next(1, 5000)), ct);
            await (placed.Count == 0 || random.Next(2) == 0 ? ReserveAsync() : FollowAsync());
        }
    }

    /// <summary>Hands over again what a restored explorer does not know any more. What is over it does not take.</summary>
    public async Task OrderAgainAsync()
    {
        if (site.LostOrders)
        {
            site.LostOrders = false;
            foreach (var order in placed.Values)
            {
                await SubmitAsync(order.Reservation, order.Reservation.Node);
            }
        }
    }

    private async Task<bool> SubmitAsync(Order order, NodeId node)
    {
        try
        {
            await site.SubmitAsync(order, node);
            return true;
        }
        catch (FaultException e)
        {
            trace.Add("user", $"refused: {e.Fault.Code}");
            return false;
        }
    }

    private async Task FollowAsync()
    {
        var order = placed.Values.ElementAt(random.Next(placed.Count));
        var counter = order.Follows + 1;
        FollowUp follow = random.Next(3) == 0
            ? new Extend
            {
                Reservation = order.Digest,
                User = order.Reservation.User,
                Counter = counter,
                Created = time.GetUtcNow(),
                Duration = order.Reservation.Duration * 2,
            }
            : new Cancel
            {
                Reservation = order.Digest,
                User = order.Reservation.User,
                Counter = counter,
                Created = time.GetUtcNow(),
                KeepData = random.Next(3) == 0,
            };
        follow = key.Sign(follow);
        Signed.Add(follow.ComputeDigest());
        if (await SubmitAsync(follow, order.Reservation.Node))
        {
            order.Follows = counter;
            order.Longest = follow is Extend { Duration: var longer } && longer > order.Longest ? longer : order.Longest;
            trace.Add("user", $"{follow.Sort} {follow.Reservation.Short}");
        }
    }

    // It builds on up to two volumes of the node, which may be gone by then, and its program may be one that ends at once.
    private string Describe(NodeId node)
    {
        var volumes = Placed
            .Where(order => order.Reservation.Kind == "volume" && order.Reservation.Node == node)
            .Select(order => order.Digest)
            .TakeLast(6)
            .ToArray();
        random.Shuffle(volumes);
        var mounts = volumes.Take(random.Next(3)).Select((volume, index) =>
            $$"""{"volume_id":"{{volume}}","mountpoint":"/data{{index}}"}""");
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
            Duration = TimeSpan.FromSeconds(random.Next(5, 400)),
            Nonce = Convert.ToHexString(nonce),
        });
        Signed.Add(order.ComputeDigest());
        if (await SubmitAsync(order, node))
        {
            placed.Add(order.ComputeDigest(), new FleetOrder(order));
            trace.Add("user", $"reserved {kind} {order.ComputeDigest().Short} for {order.Duration}");
        }
    }
}
