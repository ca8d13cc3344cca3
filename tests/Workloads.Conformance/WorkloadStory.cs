using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Workloads.Conformance;

/// <summary>The shortest life of any workload as a scenario: ordered, live, cancelled, gone.</summary>
public sealed class WorkloadStory(CrashWorld world, IWorkloadModule module, CanonicalJson data)
{
    private readonly Reservation order = Actors.Reserve(1, module.Kind, data, world.Time.GetUtcNow(), TimeSpan.FromHours(1));

    /// <summary>The phases and the end.</summary>
    public CrashScenario Scenario => new(
        [
            new("order", () => world.Explorer.Post(order), () => States.LastOrDefault() == ReceiptState.Ok, CheckThereAsync),
            new(
                "cancel",
                () => world.Explorer.Post(Actors.Cancel(order, world.Time.GetUtcNow())),
                () => States.LastOrDefault() == ReceiptState.Deleted),
        ],
        CheckEndAsync);

    private ReceiptState?[] States => [.. world.Explorer.ReceiptsOf(order.ComputeDigest()).Select(receipt => (ReceiptState?)receipt.State)];

    private async Task CheckThereAsync() => Assert.NotEqual("", await Inventory.OfAsync(world.Machine));

    private async Task CheckEndAsync()
    {
        Assert.Equal("", await Inventory.OfAsync(world.Machine));

        // A power failure ends what is supervised: that is said, and that it lives again.
        var states = States.Where(state => state != ReceiptState.Degraded || module is not ISupervised);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], module is ISupervised ? states.Distinct() : states);
        Assert.Empty(world.Explorer.Contradictions);
        Assert.Null(ReceiptChain.Empty.Add(world.Explorer.Receipts.Values).Broken);
    }
}
