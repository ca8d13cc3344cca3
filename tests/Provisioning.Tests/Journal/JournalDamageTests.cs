using System.Text;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Xunit;

namespace Provision.Provisioning.Tests.Journal;

/// <summary>A daemon starts on whatever is left of its journal.</summary>
public sealed class JournalDamageTests(ITestOutputHelper output)
{
    private static readonly StoryJournal Story = StoryJournal.Instance;

    [Fact]
    public void A_journal_cut_at_any_byte_opens_with_a_prefix_of_every_order_and_nothing_set_aside()
    {
        using var world = new NodeWorld();
        var whole = Read(world, Story.Bytes);
        var all = StoryJournal.TextOf(whole);
        var starts = new List<int> { 0 };
        starts.AddRange(Story.Lines.Select(line => line.Length + 1));
        for (var line = 0; line < Story.Lines.Count; line++)
        {
            var start = starts.Take(line + 1).Sum();
            var before = Read(world, Story.Bytes.AsSpan(0, start));
            CheckPrefix(before, all);
            for (var cut = start + 1; cut <= start + Story.Lines[line].Length; cut++)
            {
                // What stands before the line that is cut is read the same whatever follows it: the last two lines will do.
                var from = line == 0 ? 0 : starts.Take(line).Sum();
                var left = Read(world, Story.Bytes.AsSpan(from, cut - from), reporting: false);
                var whollyThere = cut == start + Story.Lines[line].Length;
                Assert.Equal(whollyThere ? 0 : 1, left.TornTails.Count);
            }
        }
    }

    [Fact]
    public void A_cut_after_any_line_is_carried_on_to_the_same_end()
    {
        var position = 0;
        foreach (var line in Story.Lines)
        {
            foreach (var cut in new[] { position, position + (line.Length / 2) })
            {
                using var world = new NodeWorld { Options = new EngineOptions { Grace = TimeSpan.FromMinutes(3) } };
                world.Machine.Disk.Overwrite(Story.File, Story.Bytes.AsSpan(0, cut));
                Converge(world, cut);
                Assert.Empty(world.Engine.Ledger.SetAside);
            }

            position += line.Length + 1;
        }
    }

    [Fact]
    public void A_flipped_bit_never_stops_the_start_and_disturbs_no_other_order()
    {
        using var world = new NodeWorld();
        var all = StoryJournal.TextOf(Read(world, Story.Bytes));
        var setAside = 0;
        for (var position = 0; position < Story.Bytes.Length - 1; position += 11)
        {
            var damaged = Flip(position);
            var contents = Read(world, damaged);
            var line = Story.LineAt(position);

            // A lost newline joins two lines; a bit in the name of an order may name one that is not there.
            var lines = Story.Bytes[position] == '\n' ? 2 : 1;
            var concerned = Story.Parsed.Skip(line).Take(lines).Select(parsed => parsed.Order).ToHashSet();
            Assert.NotEmpty(contents.Reports);
            Assert.Equal(FeedCursor.Start, contents.Cursor);
            Assert.All(contents.SetAside.Keys.Where(all.ContainsKey), order => Assert.Contains(order, concerned));
            setAside += contents.SetAside.Count;

            var entries = StoryJournal.TextOf(contents);
            foreach (var (order, texts) in all)
            {
                Assert.Equal(
                    concerned.Contains(order) ? texts.Take(entries.GetValueOrDefault(order, []).Count) : texts,
                    entries.GetValueOrDefault(order, []));
            }
        }

        Assert.True(setAside > 0);
    }

    [Fact]
    public void An_engine_starts_on_a_journal_with_a_flipped_bit_in_any_line_and_carries_the_others_on()
    {
        var position = 0;
        foreach (var (index, line) in Story.Lines.Index())
        {
            using var world = new NodeWorld { Options = new EngineOptions { Grace = TimeSpan.FromMinutes(3) } };
            world.Machine.Disk.Overwrite(Story.File, Flip(position + (line.Length * 2 / 3)));
            Converge(world, position);
            Assert.All(world.Engine.Ledger.SetAside.Keys, order => Assert.Equal(Story.Parsed[index].Order, order));
            position += line.Length + 1;
        }
    }

    [Fact]
    public void Two_lines_joined_by_a_lost_newline_set_both_orders_aside()
    {
        var first = new JournalLine(Samples.Order, 1, Samples.Now, Samples.Planned(0)).ToBytes();
        var other = Digest.Of([9]);
        var second = new JournalLine(other, 1, Samples.Now, Samples.Planned(0)).ToBytes();
        byte[] bytes = [.. first, .. second, .. first];
        bytes[first.Length - 1] ^= 4;
        using var world = new NodeWorld();
        var contents = Read(world, bytes);
        Assert.Equal([Samples.Order.ToString(), other.ToString()], contents.SetAside.Keys.Select(order => order.ToString()));
    }

    private static byte[] Flip(int position)
    {
        var damaged = (byte[])Story.Bytes.Clone();
        damaged[position] ^= (byte)(1 << (position % 5));
        return damaged;
    }

    private static void CheckPrefix(JournalContents contents, Dictionary<Digest, List<string>> all)
    {
        Assert.Empty(contents.SetAside);
        foreach (var (order, entries) in StoryJournal.TextOf(contents))
        {
            Assert.Equal(all[order].Take(entries.Count), entries);
        }
    }

    private static JournalContents Read(NodeWorld world, ReadOnlySpan<byte> bytes, bool reporting = true)
    {
        world.Machine.Disk.Overwrite(Story.File, bytes);
        var contents = world.ReadJournal();
        Assert.True(!reporting || contents.Reports.All(report => report.Code == FaultCode.DataLoss));
        return contents;
    }

    // The users' orders are all with the explorer; whatever the journal still knows, the end is that nothing is left.
    private void Converge(NodeWorld world, int cut)
    {
        world.Explorer.Pages.Enqueue(Story.Page);
        world.Start();
        try
        {
            world.Pass(TimeSpan.FromMinutes(20));
        }
        catch (Exception)
        {
            output.WriteLine($"cut or damaged at {cut}: {Encoding.UTF8.GetString(Story.Lines[Story.LineAt(cut)].Span)}");
            throw;
        }

        Assert.All(
            world.Engine.Ledger.Workloads,
            workload => Assert.True(workload.State.Closed, $"{cut}: {workload.Digest.Short} is not closed"));
        Assert.All(world.Engine.Ledger.Workloads, workload => Assert.Empty(workload.Unacknowledged));
        Assert.Empty(world.Volumes());
        Assert.Equal(Story.Page.Entries.Count, world.Engine.Ledger.Workloads.Count + world.Engine.Ledger.SetAside.Keys.Count(IsReal));
        Assert.Null(ReceiptChainBreak(world));
    }

    private static bool IsReal(Digest order) => Story.Parsed.Any(line => line.Order == order);

    // A new explorer sees the chain from the first receipt that was not acknowledged in what was left.
    private static string? ReceiptChainBreak(NodeWorld world)
    {
        Receipt? before = null;
        foreach (var receipt in world.Explorer.Inner.Receipts.Values)
        {
            receipt.Verify();
            if (before is not null && receipt.Sequence == before.Sequence + 1 && receipt.Previous != before.ComputeHash())
            {
                return $"{before.Sequence} and {receipt.Sequence} do not fit";
            }

            before = receipt;
        }

        return null;
    }
}
