using System.Text;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Provisioning.Tests.Journal;

/// <summary>Lines of a journal, one by one.</summary>
public sealed class JournalLineTests
{
    public static TheoryData<int> All => [.. Enumerable.Range(0, Samples.Entries.Count)];

    [Fact]
    public void The_samples_are_of_every_kind() => Assert.Equal(
        typeof(Entry).GetNestedTypes().Select(type => type.Name).Order(),
        Samples.Entries.Select(entry => entry.GetType().Name).Distinct().Order());

    [Theory]
    [MemberData(nameof(All))]
    public void An_entry_is_read_as_it_was_written(int index)
    {
        var entry = Samples.Entries[index];
        var order = entry is Entry.CursorMoved or Entry.ClockRead ? default : Samples.Order;
        var bytes = new JournalLine(order, 7, Samples.Now, entry).ToBytes();
        Assert.Equal((byte)'\n', bytes[^1]);
        Assert.Equal(1, bytes.Count(b => b == '\n'));

        var line = JournalLine.Read(bytes.AsMemory()[..^1]);
        Assert.Equal((order, 7L, Samples.Now), (line.Order, line.Number, line.At));
        Assert.IsType(entry.GetType(), line.Entry);
        Assert.Equal(Text(bytes), Text(line.ToBytes()));
        if (entry is not Entry.Planned)
        {
            Assert.Equal(entry, line.Entry);
        }

        line.Entry.Receipt?.Verify();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_line_with_any_one_bit_flipped_or_any_end_missing_is_not_whole(int index)
    {
        var bytes = new JournalLine(Samples.Order, 7, Samples.Now, Samples.Entries[index]).ToBytes()[..^1];
        Assert.True(JournalLine.IsWhole(bytes));
        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.False(JournalLine.IsWhole(bytes.AsSpan(0, i)), $"cut at {i}");
            var flipped = (byte[])bytes.Clone();
            flipped[i] ^= (byte)(1 << (i % 8));

            // A CRC written in capitals is the same CRC.
            Assert.True(!JournalLine.IsWhole(flipped) || (i is >= 8 and < 16 && (flipped[i] ^ bytes[i]) == 0x20), $"flipped at {i}");
        }
    }

    [Fact]
    public void An_entry_of_a_later_version_is_data_loss_and_says_so()
    {
        var line = Text(new JournalLine(Samples.Order, 1, Samples.Now, new Entry.Started(0)).ToBytes());
        var altered = Reseal(line.Replace("\"started\"", "\"teleported\"", StringComparison.Ordinal));
        var e = Assert.Throws<FaultException>(() => JournalLine.Read(altered));
        Assert.Equal(FaultCode.DataLoss, e.Fault.Code);
        Assert.Contains("not an entry this version knows", e.Fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"step\":0", "\"step\":-1")]
    [InlineData("\"step\":0", "\"step\":0,\"more\":1")]
    [InlineData("\"step\":0", "\"stop\":0")]
    [InlineData("\"n\":1", "\"n\":0")]
    [InlineData("\"at\":", "\"at\":1,\"ta\":")]
    [InlineData("\"order\":\"", "\"order\":\"x")]
    public void A_whole_line_that_means_nothing_is_data_loss(string what, string other)
    {
        var line = Text(new JournalLine(Samples.Order, 1, Samples.Now, new Entry.Started(0)).ToBytes());
        Assert.Contains(what, line, StringComparison.Ordinal);
        var e = Assert.Throws<FaultException>(() => JournalLine.Read(Reseal(line.Replace(what, other, StringComparison.Ordinal))));
        Assert.Equal(FaultCode.DataLoss, e.Fault.Code);
    }

    [Fact]
    public void An_order_from_before_there_were_needs_has_none()
    {
        var text = Text(new JournalLine(Samples.Order, 1, Samples.Now, Samples.Entries[0]).ToBytes());
        Assert.DoesNotContain("\"memory\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"needs\"", text, StringComparison.Ordinal);
        var planned = Assert.IsType<Entry.Planned>(JournalLine.Read(Reseal(text)).Entry);
        Assert.Equal((0, 0), (planned.Memory.Bytes, planned.Needs.Count));
    }

    [Fact]
    public void Needs_and_memory_are_read_as_they_were_written()
    {
        var entry = (Entry.Planned)Samples.Entries[1];
        var bytes = new JournalLine(Samples.Order, 1, Samples.Now, entry).ToBytes();
        var planned = (Entry.Planned)JournalLine.Read(bytes.AsMemory()[..^1]).Entry;
        Assert.NotEmpty(planned.Needs);
        Assert.Equal(entry.Needs, planned.Needs);
        Assert.Equal(entry.Memory, planned.Memory);
    }

    [Theory]
    [InlineData("\"memory\":2147483648", "\"memory\":-1")]
    [InlineData("\"memory\":2147483648", "\"memory\":\"2\"")]
    [InlineData("\"needs\":[\"", "\"needs\":[7,\"")]
    [InlineData("\"needs\":[\"", "\"needs\":[\"x")]
    [InlineData("\"needs\":[", "\"needless\":[")]
    public void Needs_and_memory_that_make_no_sense_are_data_loss(string what, string other)
    {
        var line = Text(new JournalLine(Samples.Order, 1, Samples.Now, Samples.Entries[1]).ToBytes());
        Assert.Contains(what, line, StringComparison.Ordinal);
        var e = Assert.Throws<FaultException>(() => JournalLine.Read(Reseal(line.Replace(what, other, StringComparison.Ordinal))));
        Assert.Equal(FaultCode.DataLoss, e.Fault.Code);
    }

    [Fact]
    public void What_is_shared_is_read_as_it_was_written_and_nothing_is_where_nothing_was()
    {
        var entry = (Entry.Planned)Samples.Entries[^1];
        var planned = (Entry.Planned)JournalLine.Read(
            new JournalLine(Samples.Order, 1, Samples.Now, entry).ToBytes().AsMemory()[..^1]).Entry;
        Assert.Equal("sort/thing", Assert.Single(planned.Provides).ToString());
        Assert.Equal(entry.Uses, planned.Uses);

        var before = Text(new JournalLine(Samples.Order, 1, Samples.Now, Samples.Entries[0]).ToBytes());
        Assert.DoesNotContain("\"provides\"", before, StringComparison.Ordinal);
        Assert.DoesNotContain("\"uses\"", before, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"provides\":[\"", "\"provides\":[7,\"")]
    [InlineData("\"provides\":[\"sort/thing", "\"provides\":[\"thing")]
    [InlineData("\"uses\":[\"sort/thing", "\"uses\":[\"sort/")]
    public void A_shared_thing_without_a_name_is_data_loss(string what, string other)
    {
        var line = Text(new JournalLine(Samples.Order, 1, Samples.Now, Samples.Entries[^1]).ToBytes());
        Assert.Contains(what, line, StringComparison.Ordinal);
        var e = Assert.Throws<FaultException>(() => JournalLine.Read(Reseal(line.Replace(what, other, StringComparison.Ordinal))));
        Assert.Equal(FaultCode.DataLoss, e.Fault.Code);
    }

    [Fact]
    public void The_order_of_an_unreadable_line_is_guessed_when_it_can_be_read()
    {
        var bytes = new JournalLine(Samples.Order, 1, Samples.Now, new Entry.Started(0)).ToBytes()[..^1];
        Assert.Equal([Samples.Order], JournalLine.GuessOrders(bytes));
        Assert.Empty(JournalLine.GuessOrders(bytes.AsSpan(0, 60)));
        Assert.Empty(JournalLine.GuessOrders(new JournalLine(default, 1, Samples.Now, new Entry.CursorMoved("a", 1)).ToBytes()));
        Assert.Empty(JournalLine.GuessOrders([]));
    }

    // The same body under a checksum that fits it: what a later version, or a bug, would have written.
    private static byte[] Reseal(string line)
    {
        var body = Encoding.UTF8.GetBytes(line.TrimEnd('\n')[18..]);
        var crc = uint.MaxValue;
        foreach (var b in body)
        {
            crc = System.Numerics.BitOperations.Crc32C(crc, b);
        }

        return [.. Encoding.ASCII.GetBytes($"{{\"crc\":\"{~crc:x8}\","), .. body];
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
