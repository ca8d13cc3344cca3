using Provision.Provisioning.Journal;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Feed;
using Provision.Workloads.Conformance;

namespace Provision.Provisioning.Tests.Journal;

/// <summary>The journal of a whole life of three volumes, made once: ordered, refused, cancelled, extended, expired, gone.</summary>
public sealed class StoryJournal
{
    private static readonly Lazy<StoryJournal> Once = new(() => new StoryJournal());

    private StoryJournal()
    {
        using var world = new SimulatedWorld(powerFails: false);
        var runner = new CrashHarness(() => world, made => new VolumeStory(made).Scenario, VolumeStory.Setup);
        runner.Run([]);
        FeedPage? page = null;
        world.Pump.Run(
            async () => page = await world.Explorer.PollAsync(Node, FeedCursor.Start, TimeSpan.Zero, CancellationToken.None),
            TimeSpan.FromHours(1));
        Page = page!;
        world.Pump.Run(async () => File = (await world.Machine.Disk.ListAsync(CancellationToken.None))[0], TimeSpan.FromHours(1));
        world.Pump.Run(async () => Bytes = await world.Machine.Disk.ReadAsync(File, CancellationToken.None), TimeSpan.FromHours(1));
        Lines = [.. JournalReader.SplitLines(Bytes)];
        Parsed = [.. Lines.Select(JournalLine.Read)];
    }

    public static StoryJournal Instance => Once.Value;

    public string File { get; private set; } = "";

    public byte[] Bytes { get; private set; } = [];

    /// <summary>The lines without their newlines.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Lines { get; }

    public IReadOnlyList<JournalLine> Parsed { get; }

    /// <summary>Everything that the users ordered.</summary>
    public FeedPage Page { get; }

    /// <summary>The entries of each order, as text.</summary>
    public static Dictionary<Digest, List<string>> TextOf(JournalContents contents) => contents.Orders.ToDictionary(
        order => order.Key,
        order => order.Value.Select(entry => TextOf(order.Key, entry)).ToList());

    /// <summary>An entry as comparable text.</summary>
    public static string TextOf(Digest order, Entry entry) =>
        System.Text.Encoding.UTF8.GetString(new JournalLine(order, 1, Samples.Now, entry).ToBytes());

    /// <summary>Where the line begins in which this byte is.</summary>
    public int LineAt(int position) => Bytes.AsSpan(0, position).Count((byte)'\n');

    private static NodeId Node => new(Actors.NodeKey.PublicKey);
}
