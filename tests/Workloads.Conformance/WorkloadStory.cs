using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Workloads.Conformance;

/// <summary>
/// The shortest life of any workload as a scenario: ordered, live, cancelled, gone. What it relies on is ordered with it, and cancelled
/// with it.
/// </summary>
public sealed class WorkloadStory(
    CrashWorld world, IWorkloadModule module, string data, IReadOnlyList<(string Kind, string Data)> below)
{
    private readonly List<Reservation> orders =
    [
        .. below.Append((Kind: module.Kind, Data: data)).Index().Select(item => Actors.Reserve(
            item.Index + 1, item.Item.Kind, CanonicalJson.Of(item.Item.Data), world.Time.GetUtcNow(), TimeSpan.FromHours(1))),
    ];

    /// <summary>The phases and the end.</summary>
    public CrashScenario Scenario => new(
        [
            new("order", () => orders.ForEach(world.Explorer.Post), () => AllAre(ReceiptState.Ok), CheckThereAsync),
            new(
                "cancel",
                () => orders.ForEach(order => world.Explorer.Post(Actors.Cancel(order, world.Time.GetUtcNow()))),
                () => AllAre(ReceiptState.Deleted)),
        ],
        CheckEndAsync);

    private bool AllAre(ReceiptState state) => orders.TrueForAll(order => StatesOf(order).LastOrDefault() == state);

    private ReceiptState?[] StatesOf(Reservation order) =>
        [.. world.Explorer.ReceiptsOf(order.ComputeDigest()).Select(receipt => (ReceiptState?)receipt.State)];

    private async Task CheckThereAsync() => Assert.NotEqual("", await Inventory.OfAsync(world.Machine));

    private async Task CheckEndAsync()
    {
        Assert.Equal("", await Inventory.OfAsync(world.Machine));

        // A power failure ends what is supervised: that is said, and that it lives again.
        var states = StatesOf(orders[^1]).Where(state => state != ReceiptState.Degraded || module is not ISupervised);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], module is ISupervised ? states.Distinct() : states);
        Assert.Empty(world.Explorer.Contradictions);
        Assert.Null(ReceiptChain.Empty.Add(world.Explorer.Receipts.Values).Broken);
    }
}
