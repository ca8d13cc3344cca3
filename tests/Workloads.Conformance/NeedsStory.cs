using Provision.Machine.Images;
using Provision.Machine.Simulated.Images;
using Provision.Provisioning;
using Provision.Provisioning.Journal;
using Provision.Reservations;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Workloads.Conformance;

/// <summary>
/// Containers that build on volumes as a scenario: all are ordered at once; one container ends by itself; a volume is cancelled, the
/// lease of another is over, and both take along what builds on them. At no moment a volume is gone that a container uses.
/// </summary>
public sealed class NeedsStory
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);
    private static readonly ImageReference Image = new(LocalImages.Scheme, "story", Digest.Of("story"u8));
    private readonly List<string> violations = [];
    private readonly SimulatedWorld world;
    private readonly Reservation cancelled;
    private readonly Reservation expiring;
    private readonly Reservation onCancelled;
    private readonly Reservation onExpiring;
    private readonly Reservation alone;
    private int endsBefore;

    /// <summary>The story on this world.</summary>
    public NeedsStory(SimulatedWorld world)
    {
        this.world = world;
        world.Simulated.Images.Local.Add(Image, new SimulatedImage());
        cancelled = Volume(1);
        expiring = Volume(2);
        onCancelled = Contain(3, cancelled);
        onExpiring = Contain(4, expiring);
        alone = Contain(5);
        world.Simulated.Storage.Changed += Witness;
        world.Simulated.Containers.Changed += Witness;
    }

    /// <summary>What an engine needs to live through it.</summary>
    public static EngineSetup Setup { get; } =
        Actors.Setup(CrashHarness.Options with { Grace = TimeSpan.FromMinutes(3) }, WorkloadCatalog.All);

    /// <summary>The phases and the end.</summary>
    public CrashScenario Scenario => new(
        [
            new(
                "order",
                () => All.ForEach(world.Explorer.Post),
                () => All.TrueForAll(order => Last(order) == ReceiptState.Ok) && Run(onCancelled, onExpiring, alone)),
            new(
                "one ends by itself",
                End,
                () => Last(alone) == ReceiptState.Ok && Ends > endsBefore && Run(onCancelled, onExpiring, alone)),
            new(
                "cancel what is needed",
                () => Cancel(cancelled, alone),
                () => new[] { cancelled, onCancelled, alone }.All(order => Last(order) == ReceiptState.Deleted) && Run(onExpiring)),
            new(
                "the lease of what is needed ends",
                () => { },
                () => Last(expiring) == ReceiptState.Expired && Last(onExpiring) == ReceiptState.Deleted && Run()),
            new("grace ends", () => { }, () => Last(expiring) == ReceiptState.Deleted),
        ],
        CheckEndAsync);

    private IReadOnlyList<Machine.Containers.Container> Containers =>
        world.Simulated.Containers.ListAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private int Ends => StatesOf(alone).Count(state => state == ReceiptState.Degraded);

    private List<Reservation> All => [cancelled, expiring, onCancelled, onExpiring, alone];

    private Reservation Volume(int number) =>
        Actors.Reserve(number, "volume", CanonicalJson.Of("""{"size":1,"type":"SSD"}"""), world.Time.GetUtcNow(), Lease);

    private Reservation Contain(int number, Reservation? volume = null)
    {
        var mounts = volume is null ? "" : $$"""{"volume_id":"{{volume.ComputeDigest()}}","mountpoint":"/data"}""";
        var data = CanonicalJson.Of($$"""{"flist":"{{Image}}","entrypoint":"sleep 1","mounts":[{{mounts}}]}""");
        return Actors.Reserve(number, "container", data, world.Time.GetUtcNow(), Lease * 20);
    }

    // A power failure may have ended it before.
    private void End()
    {
        endsBefore = Ends;
        world.Simulated.Containers.End(alone.ComputeDigest(), 1);
    }

    private void Cancel(params Reservation[] orders) =>
        Array.ForEach(orders, order => world.Explorer.Post(Actors.Cancel(order, world.Time.GetUtcNow())));

    // Called after each change of the machine.
    private void Witness()
    {
        var volumes = world.Simulated.Storage.ListVolumesAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var there = volumes.Select(volume => volume.Name).ToHashSet();
        foreach (var container in Containers)
        {
            var order = world.Simulated.Containers.FindOrder(container.Owner)!;
            violations.AddRange(
                order.Mounts.Select(mount => mount.Volume).Append(order.Root)
                    .Where(volume => !there.Contains(volume))
                    .Select(volume => $"{volume} went from under container {container.Owner.Short}"));
        }
    }

    // After a power failure what was told last may be older than what ended by it.
    private bool Run(params Reservation[] orders) => Containers.Where(container => container.Runs).Select(container => container.Owner)
        .ToHashSet().SetEquals(orders.Select(order => order.ComputeDigest()));

    private async Task CheckEndAsync()
    {
        Assert.Empty(violations);
        Assert.Empty(Containers);
        Assert.Empty(await world.Machine.Storage.ListVolumesAsync(CancellationToken.None));
        Assert.All(await world.Machine.Images.ListAsync(CancellationToken.None), image => Assert.Empty(image.Holders));
        Assert.Empty(world.Explorer.Contradictions);
        Assert.Null(ReceiptChain.Empty.Add(world.Explorer.Receipts.Values).Broken);
        Assert.All([onCancelled, onExpiring], order => Assert.Contains(", which ended", LastFault(order), StringComparison.Ordinal));
        Assert.All([cancelled, expiring, alone], order => Assert.Null(LastFault(order)));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], StatesOf(cancelled));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Expired, ReceiptState.Deleted], StatesOf(expiring));

        var journal = await JournalReader.ReadAsync(world.Machine.Disk, CancellationToken.None);
        Assert.Empty(journal.SetAside);
        Assert.All(journal.Orders.Values, entries => Assert.Contains(entries, entry => entry is Entry.Closed));
    }

    private ReceiptState? Last(Reservation order) => StatesOf(order).Cast<ReceiptState?>().LastOrDefault();

    private string? LastFault(Reservation order) => world.Explorer.ReceiptsOf(order.ComputeDigest())[^1].Fault?.What;

    private IReadOnlyList<ReceiptState> StatesOf(Reservation order) =>
        [.. world.Explorer.ReceiptsOf(order.ComputeDigest()).Select(receipt => receipt.State)];
}
