using Provision.Machine.Disk;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;

namespace Provision.Provisioning.Journal;

/// <summary>
/// Reads a journal whatever state it is in. The last line of a segment may be torn, because a crash or a failed flush ends a segment:
/// nobody relied on it, so it is passed over. Any other line that cannot be read, or a gap in the numbers of an order, sets that order
/// aside and no other. Only a journal of a later version, or a disk that does not answer, stops the start.
/// </summary>
public static class JournalReader
{
    /// <summary>Reads every segment.</summary>
    /// <exception cref="FaultException">The disk failed, or a later version wrote this journal.</exception>
    public static async ValueTask<JournalContents> ReadAsync(IReadOnlyDisk disk, CancellationToken ct)
    {
        var contents = new JournalContents();
        var lost = false;
        foreach (var file in await disk.ListAsync(ct))
        {
            if (Segments.IsOfLaterVersion(file))
            {
                throw new FaultException(
                    FaultCode.Conflict, $"{file} was written by a later version", "Start that version; this one changes nothing.");
            }

            if (Segments.TryParse(file, out var segment))
            {
                contents.LastSegment = segment;
                lost |= ReadSegment(file, await disk.ReadAsync(file, ct), contents);
            }
        }

        if (lost)
        {
            contents.Cursor = FeedCursor.Start;
        }

        return contents;
    }

    /// <summary>The lines of a segment, without newlines; the last is torn when the segment does not end with one.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> SplitLines(ReadOnlyMemory<byte> content)
    {
        while (content.Length > 0)
        {
            var end = content.Span.IndexOf((byte)'\n');
            yield return end < 0 ? content : content[..end];
            content = end < 0 ? default : content[(end + 1)..];
        }
    }

    private static bool ReadSegment(string file, byte[] content, JournalContents contents)
    {
        var lost = false;
        contents.LastLength = content is [] or [.., (byte)'\n'] ? content.Length : null;
        var lines = SplitLines(content).ToList();
        foreach (var (index, line) in lines.Index())
        {
            try
            {
                Add(JournalLine.Read(line), contents);
            }
            catch (FaultException) when (index == lines.Count - 1 && content[^1] != (byte)'\n')
            {
                contents.LastLength = content.Length - line.Length;
                contents.TornTails.Add((file, content.Length - line.Length));
            }
            catch (FaultException e)
            {
                lost = true;
                var fault = new Fault(
                    FaultCode.DataLoss,
                    $"{file}, line {index + 1}",
                    "Keep the file: what it concerns is set aside, everything else goes on.",
                    e.Fault);
                contents.Reports.Add(fault);
                foreach (var order in JournalLine.GuessOrders(line.Span))
                {
                    contents.SetAside.TryAdd(order, fault);
                }
            }
        }

        return lost;
    }

    private static void Add(JournalLine line, JournalContents contents)
    {
        if (line.Entry.Receipt is { } receipt && receipt.Sequence > (contents.LastReceipt?.Sequence ?? 0))
        {
            contents.LastReceipt = receipt;
        }

        if (line.Order.IsMissing)
        {
            AddNodeEntry(line, contents);
            return;
        }

        if (!contents.Orders.TryGetValue(line.Order, out var entries))
        {
            contents.Orders[line.Order] = entries = [];
        }

        // A number seen before is a batch that was written again after a failed flush.
        if (line.Number == entries.Count + 1)
        {
            entries.Add(line.Entry);
            if (line.Entry is Entry.Acknowledged)
            {
                contents.Untold.Remove(line.Order);
            }
        }
        else if (line.Number > entries.Count + 1)
        {
            var fault = new Fault(
                FaultCode.DataLoss, $"Entries {entries.Count + 1} to {line.Number - 1} of order {line.Order} are missing");
            if (contents.SetAside.TryAdd(line.Order, fault))
            {
                contents.Reports.Add(fault);
            }
        }
    }

    private static void AddNodeEntry(JournalLine line, JournalContents contents)
    {
        contents.NodeNumber = Math.Max(contents.NodeNumber, line.Number);
        switch (line.Entry)
        {
            case Entry.CursorMoved(var epoch, var sequence):
                if (contents.Cursor != FeedCursor.Start && contents.Cursor.Epoch != epoch)
                {
                    contents.Untold.UnionWith(contents.Orders.Keys);
                }

                contents.Cursor = new FeedCursor(epoch, sequence);
                break;
            case Entry.ClockRead(var mark):
                contents.Marks.Add(mark);
                break;
        }
    }
}
