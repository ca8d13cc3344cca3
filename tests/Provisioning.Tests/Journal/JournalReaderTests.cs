using System.Text;
using Provision.Provisioning.Expiry;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Xunit;

namespace Provision.Provisioning.Tests.Journal;

/// <summary>What a folder can hold beside a perfect journal.</summary>
public sealed class JournalReaderTests : IDisposable
{
    private const string First = "journal-v1-00000001.jsonl";
    private static readonly Digest Other = Digest.Of([2]);
    private readonly NodeWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void Nothing_at_all_is_an_empty_journal()
    {
        var contents = world.ReadJournal();
        Assert.Empty(contents.Orders);
        Assert.Empty(contents.Reports);
        Assert.Equal((FeedCursor.Start, 0, 0L), (contents.Cursor, contents.LastSegment, contents.NodeNumber));
    }

    [Fact]
    public void Segments_are_read_in_order_and_empty_ones_and_foreign_files_do_no_harm()
    {
        Write(First, Line(1, Samples.Planned(1)), Line(2, new Entry.Started(0)));
        Write("journal-v1-00000002.jsonl");
        Write("journal-v1-00000010.jsonl", Line(3, new Entry.Done(0)), Node(4, new Entry.CursorMoved("a", 9)));
        world.Machine.Disk.Overwrite("notes.txt", "not ours"u8);
        world.Machine.Disk.Overwrite("journal-v1-00000001.jsonl.old", "not ours"u8);
        world.Machine.Disk.Overwrite("journal-v1-.jsonl", "not ours"u8);

        var contents = world.ReadJournal();
        Assert.Empty(contents.Reports);
        Assert.Equal(["planned", "started", "done"], Names(contents, Samples.Order));
        Assert.Equal((new FeedCursor("a", 9), 10, 4L), (contents.Cursor, contents.LastSegment, contents.NodeNumber));
    }

    [Theory]
    [InlineData("\n", 1)]
    [InlineData("\n{\"crc\":\"0", 1)]
    [InlineData("", 2)]
    public void A_new_daemon_goes_on_behind_the_last_line_and_after_one_without_an_end_in_a_new_segment(string end, int segments)
    {
        Write("journal-v1-00000007.jsonl", [.. Line(1, Samples.Entries[2])[..^1], .. Encoding.UTF8.GetBytes(end)]);
        for (var n = 0; n < 3; n++)
        {
            world.Start();
            world.Pass(TimeSpan.FromSeconds(1));
            world.Stop();
        }

        Assert.Equal(new[] { "journal-v1-00000007.jsonl", "journal-v1-00000008.jsonl" }[..segments], Files());
        Assert.Empty(world.ReadJournal().TornTails);
    }

    [Theory]
    [InlineData("journal-v2-00000001.jsonl")]
    [InlineData("journal-v10-00000001.jsonl")]
    public void A_segment_of_a_later_version_stops_the_start_and_nothing_is_changed(string later)
    {
        Write(First, Line(1, Samples.Planned(0)));
        Write(later, "?"u8.ToArray());
        var e = Assert.Throws<FaultException>(world.Start);
        Assert.Equal(FaultCode.Conflict, e.Fault.Code);
        Assert.Contains(later, e.Fault.What, StringComparison.Ordinal);
        Assert.NotNull(e.Fault.Remedy);
        Assert.Equal([First, later], Files());
    }

    [Fact]
    public void A_batch_written_again_after_a_failed_flush_counts_once()
    {
        byte[][] batch =
        [
            Line(1, Samples.Planned(2)), Line(2, new Entry.Started(0)), Node(1, new Entry.CursorMoved("a", 5)), Line(3, new Entry.Done(0)),
        ];
        Write(First, [.. batch[..2], batch[2][..20]]);
        Write("journal-v1-00000002.jsonl", batch);
        Write("journal-v1-00000003.jsonl", [.. batch, Line(4, new Entry.Started(1))]);
        var contents = world.ReadJournal();
        Assert.Empty(contents.SetAside);
        Assert.Equal(["planned", "started", "done", "started"], Names(contents, Samples.Order));
        Assert.Equal(new FeedCursor("a", 5), contents.Cursor);
    }

    [Fact]
    public void A_gap_sets_the_order_aside_and_keeps_what_came_before_it()
    {
        Write(
            First,
            Line(1, Samples.Planned(2)),
            Line(1, Samples.Planned(1), Other),
            Line(3, new Entry.Done(0)),
            Line(4, new Entry.Started(1)),
            Line(2, new Entry.Started(0), Other));
        var contents = world.ReadJournal();
        Assert.Equal(Samples.Order, Assert.Single(contents.SetAside).Key);
        Assert.Equal(FaultCode.DataLoss, contents.SetAside[Samples.Order].Code);
        Assert.Contains("Entries 2 to 2", Assert.Single(contents.Reports).What, StringComparison.Ordinal);
        Assert.Equal(["planned"], Names(contents, Samples.Order));
        Assert.Equal(["planned", "started"], Names(contents, Other));
    }

    [Fact]
    public void An_order_whose_first_entry_is_lost_is_set_aside_and_the_engine_starts()
    {
        Write(First, Line(2, new Entry.Started(0)), Line(3, new Entry.Done(0)));
        world.Start();
        Assert.Equal(Samples.Order, Assert.Single(world.Engine.Ledger.SetAside).Key);
        Assert.Null(world.Find(Samples.Reservation));
        Assert.Equal([Samples.Order], world.Engine.Status().SetAside);
        Assert.NotEmpty(world.Engine.Status().Troubles);
    }

    [Fact]
    public void Entries_that_cannot_follow_each_other_set_the_order_aside()
    {
        Write(First, Line(1, Samples.Planned(2)), Line(2, new Entry.Done(0)), Line(1, Samples.Entries[2], Other));
        world.Start();
        Assert.Equal(FaultCode.DataLoss, Assert.Single(world.Engine.Ledger.SetAside).Value.Code);
        Assert.NotNull(world.Engine.Ledger.Find(Other));
    }

    [Fact]
    public void A_lost_line_resets_the_cursor_because_it_may_have_been_an_order_and_a_torn_tail_does_not()
    {
        var cursor = Node(1, new Entry.CursorMoved("a", 5));
        Write(First, cursor, Line(1, Samples.Planned(0))[..50]);
        var torn = world.ReadJournal();
        Assert.Equal(new FeedCursor("a", 5), torn.Cursor);
        Assert.Equal([(First, (long)cursor.Length)], torn.TornTails);
        Assert.Empty(torn.Reports);
        Assert.Empty(torn.SetAside);

        Write(First, cursor, [.. Line(1, Samples.Planned(0))[..50], (byte)'\n'], cursor);
        var lost = world.ReadJournal();
        Assert.Equal(FeedCursor.Start, lost.Cursor);
        Assert.Contains("line 2", Assert.Single(lost.Reports).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Clock_marks_come_back_in_their_order()
    {
        var marks = Enumerable.Range(1, 3).Select(n => new ClockMark($"boot-{n}", TimeSpan.FromSeconds(n), Samples.Now)).ToList();
        Write(First, [.. marks.Select((mark, i) => Node(i + 1, new Entry.ClockRead(mark)))]);
        Assert.Equal(marks, world.ReadJournal().Marks);
    }

    [Fact]
    public void What_can_be_read_is_made_durable_before_it_is_relied_on()
    {
        var disk = new DiskFaults();
        Write(First, Line(1, Samples.Entries[2]));
        world.Observer = disk;
        world.Start();
        var verbs = disk.Calls.TakeWhile(call => call.Verb != "append").Select(call => call.ToString());
        Assert.Equal(["disk list", $"disk flush {First}", "disk list", $"disk read {First}"], verbs);
    }

    [Fact]
    public void Lines_are_split_at_newlines_only()
    {
        Assert.Equal(["a", "", "b\r", "c"], Split("a\n\nb\r\nc"));
        Assert.Equal(["a"], Split("a\n"));
        Assert.Empty(JournalReader.SplitLines(default));
    }

    private static IEnumerable<string> Split(string text) =>
        JournalReader.SplitLines(Encoding.UTF8.GetBytes(text)).Select(line => Encoding.UTF8.GetString(line.Span));

    private static byte[] Line(long number, Entry entry, Digest? order = null) =>
        new JournalLine(order ?? Samples.Order, number, Samples.Now, entry).ToBytes();

    private static byte[] Node(long number, Entry entry) => new JournalLine(default, number, Samples.Now, entry).ToBytes();

    private static IEnumerable<string> Names(JournalContents contents, Digest order) => contents.Orders[order].Select(EntryJson.NameOf);

    private void Write(string file, params byte[][] lines) =>
        world.Machine.Disk.Overwrite(file, lines.SelectMany(line => line).ToArray());

    private IReadOnlyList<string> Files()
    {
        IReadOnlyList<string> files = [];
        world.Pump.Run(async () => files = await world.Machine.Disk.ListAsync(CancellationToken.None), TimeSpan.FromSeconds(1));
        return files;
    }
}
