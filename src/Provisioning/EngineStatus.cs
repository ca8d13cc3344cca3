using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;

namespace Provision.Provisioning;

/// <summary>How an engine stands at one moment.</summary>
public sealed record EngineStatus
{
    /// <summary>The node.</summary>
    public required NodeId Node { get; init; }

    /// <summary>What it carries.</summary>
    public required Counters Counters { get; init; }

    /// <summary>What it has, offers and has left; null before the machine said what pools it has.</summary>
    public required Capacity? Capacity { get; init; }

    /// <summary>The farmer's policy.</summary>
    public required Policy Policy { get; init; }

    /// <summary>The kinds that are offered now.</summary>
    public required IReadOnlyList<string> Offered { get; init; }

    /// <summary>True where new orders of Zero-OS's scheme are taken.</summary>
    public required bool AcceptsVersion1 { get; init; }

    /// <summary>What the machine cannot do; empty on a whole one.</summary>
    public required IReadOnlyList<Lack> Lacking { get; init; }

    /// <summary>How far the feed is in the journal.</summary>
    public required FeedCursor Cursor { get; init; }

    /// <summary>Time since the explorer last answered a poll; null before the first answer.</summary>
    public required TimeSpan? SinceGoodPoll { get; init; }

    /// <summary>Receipts that the explorer does not have yet.</summary>
    public required int ReceiptsWaiting { get; init; }

    /// <summary>Workloads being worked on.</summary>
    public required int InHand { get; init; }

    /// <summary>Workloads waiting to be worked on.</summary>
    public required int Ready { get; init; }

    /// <summary>Orders left alone because entries of theirs are lost.</summary>
    public required IReadOnlyList<Digest> SetAside { get; init; }

    /// <summary>Things with our mark that the journal does not explain.</summary>
    public required IReadOnlyList<string> Unexplained { get; init; }

    /// <summary>What of the networks was mended last; null when nothing was since the daemon started.</summary>
    public required Mending? Mended { get; init; }

    /// <summary>What is wrong, newest news last.</summary>
    public required IReadOnlyList<Fault> Troubles { get; init; }

    /// <summary>Every workload that is not closed.</summary>
    public required IReadOnlyList<WorkloadStatus> Workloads { get; init; }
}
