using Provision.Provisioning;
using Provision.Provisioning.Journal;
using Provision.Reservations;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Workloads.Conformance;

/// <summary>
/// A network with two versions and a container in it as a scenario: the first version is cancelled and goes, the second is cancelled and
/// waits for the container. At no moment a container runs whose network is not there, with all of its addresses.
/// </summary>
public sealed class NetworkStory
{
    private static readonly TimeSpan Lease = TimeSpan.FromHours(2);
    private readonly List<string> violations = [];
    private readonly SimulatedWorld world;
    private readonly Reservation first;
    private readonly Reservation second;
    private readonly Reservation container;

    /// <summary>The story on this world.</summary>
    public NetworkStory(SimulatedWorld world)
    {
        this.world = world;
        first = Order(1, "network", """{"name":"web"}""", TimeSpan.Zero);
        second = Order(2, "network", """{"name":"web","net_resources":[{"subnet":"10.1.1.0/25"}]}""", TimeSpan.FromSeconds(1));
        container = Order(
            3,
            "container",
            $$$"""{"flist":"{{{SimulatedWorld.Image}}}","network":{"network_id":"web","ips":["10.1.1.5"]}}""",
            TimeSpan.Zero);
        world.Simulated.Networks.Changed += Witness;
        world.Simulated.Containers.Changed += Witness;
    }

    /// <summary>What an engine needs to live through it.</summary>
    public static EngineSetup Setup { get; } = Actors.Setup(CrashHarness.Options, WorkloadCatalog.All);

    /// <summary>The phases and the end.</summary>
    public CrashScenario Scenario => new(
        [
            new("order", () => Post(first, container), () => Last(first) == ReceiptState.Ok && Runs),
            new("order a second version", () => Post(second), () => Last(second) == ReceiptState.Ok && Runs),
            new("cancel the first", () => Cancel(first), () => Last(first) == ReceiptState.Deleted && Runs, CheckHeldBySecondAsync),
            new("cancel the second", () => Cancel(second), () => Last(second) == ReceiptState.Error && Runs, CheckHeldBySecondAsync),
            new(
                "cancel the container",
                () => Cancel(container),
                () => Last(container) == ReceiptState.Deleted && Last(second) == ReceiptState.Deleted),
        ],
        CheckEndAsync);

    // After a power failure what was told last may be older than what ended by it.
    private bool Runs => Last(container) == ReceiptState.Ok
        && Ask(world.Simulated.Containers.ListAsync(CancellationToken.None)) is [{ Runs: true }];

    private Reservation Order(int number, string kind, string data, TimeSpan later) =>
        Actors.Reserve(number, kind, CanonicalJson.Of(data), world.Time.GetUtcNow() + later, Lease);

    private void Post(params Reservation[] orders) => Array.ForEach(orders, world.Explorer.Post);

    private void Cancel(Reservation order) => world.Explorer.Post(Actors.Cancel(order, world.Time.GetUtcNow()));

    // Called after each change of the machine.
    private void Witness()
    {
        var members = Ask(world.Simulated.Networks.ListAsync(CancellationToken.None)).SelectMany(network => network.Members).ToList();
        violations.AddRange(
            from one in Ask(world.Simulated.Containers.ListAsync(CancellationToken.None))
            where one.Runs && !members.Exists(member => member.Owner == one.Owner && member.Addresses.Count == 2)
            select $"container {one.Owner.Short} runs and is in no network");
    }

    private async Task CheckHeldBySecondAsync()
    {
        var network = Assert.Single(await world.Machine.Networks.ListAsync(CancellationToken.None));
        Assert.Equal([second.ComputeDigest()], network.Holders);
        Assert.Equal("10.1.1.0/25", network.Subnet.ToString());
        Assert.Equal(container.ComputeDigest(), Assert.Single(network.Members).Owner);
    }

    private async Task CheckEndAsync()
    {
        Assert.Empty(violations);
        Assert.Equal("", await Inventory.OfAsync(world.Machine));
        Assert.Empty(world.Explorer.Contradictions);
        Assert.Null(ReceiptChain.Empty.Add(world.Explorer.Receipts.Values).Broken);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], StatesOf(first));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Error, ReceiptState.Deleted], StatesOf(second));
        var waits = world.Explorer.ReceiptsOf(second.ComputeDigest())[1].Fault!;
        Assert.Contains($"(container, {container.ComputeDigest().Short})", waits.What, StringComparison.Ordinal);
        var answer = world.Explorer.ReceiptsOf(container.ComputeDigest())[0].Data.ToElement();
        Assert.Equal("10.1.1.5", answer.GetProperty("ipv4").GetString());

        var journal = await JournalReader.ReadAsync(world.Machine.Disk, CancellationToken.None);
        Assert.Empty(journal.SetAside);
        Assert.All(journal.Orders.Values, entries => Assert.Contains(entries, entry => entry is Entry.Closed));
    }

    private static T Ask<T>(ValueTask<T> answer) => answer.AsTask().GetAwaiter().GetResult();

    private ReceiptState? Last(Reservation order) => StatesOf(order).Cast<ReceiptState?>().LastOrDefault();

    private IReadOnlyList<ReceiptState> StatesOf(Reservation order) =>
        [.. world.Explorer.ReceiptsOf(order.ComputeDigest()).Select(receipt => receipt.State)];
}
