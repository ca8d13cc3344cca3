using System.Text;
using Provision.Machine.Simulated.Disk;
using Provision.Provisioning.Journal;
using Provision.Reservations;

namespace Provision.Simulation;

/// <summary>
/// The lines of a node's journal that a power failure would spare, read as they become durable. What was durable once is remembered when
/// the disk forgets it.
/// </summary>
public sealed class DurableJournal(SimulatedDisk disk)
{
    private const string OrderField = "\"order\":\"";
    private const string EntryField = "\"entry\":\"";

    // Few, and looked into; of the others it is enough to know that they are there.
    private static readonly string[] Followed = ["withdrawn", "expired", "extended"];

    private readonly Dictionary<string, int> read = new(StringComparer.Ordinal);
    private readonly HashSet<(string Owner, string Entry)> entries = [];
    private readonly Dictionary<Digest, long> told = [];

    /// <summary>Raised for a line about the end of a lease, when it is durable.</summary>
    public event Action<JournalLine>? Became;

    /// <summary>The owner of a line; null when it has none that can be read.</summary>
    public static string? OwnerOf(string line) => Field(line, OrderField);

    /// <summary>True when one of these entries of the order was durable at some time.</summary>
    public bool Holds(string owner, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (entries.Contains((owner, name)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whose entries there are.</summary>
    public IEnumerable<string> Owners => entries.Select(entry => entry.Owner).Distinct();

    /// <summary>Takes what became durable.</summary>
    public void Read()
    {
        foreach (var file in disk.Files.Where(file => Segments.TryParse(file, out _)).ToList())
        {
            var bytes = disk.ReadDurable(file, read.GetValueOrDefault(file));
            var end = Array.LastIndexOf(bytes, (byte)'\n') + 1;
            if (end > 0)
            {
                read[file] = read.GetValueOrDefault(file) + end;
                Take(bytes.AsMemory(0, end));
            }

            // Torn at its newline a line is read all the same.
            if (JournalLine.IsWhole(bytes.AsSpan(end)))
            {
                Take(bytes.AsMemory(end));
            }
        }
    }

    /// <summary>A segment begins anew.</summary>
    public void Forget(string file) => read.Remove(file);

    private void Take(ReadOnlyMemory<byte> bytes)
    {
        foreach (var line in JournalReader.SplitLines(bytes))
        {
            var text = Encoding.UTF8.GetString(line.Span);
            if (!JournalLine.IsWhole(line.Span) || OwnerOf(text) is not { } owner || Field(text, EntryField) is not { } entry)
            {
                continue;
            }

            entries.Add((owner, entry));
            if (Followed.Contains(entry))
            {
                Tell(JournalLine.Read(line));
            }
        }
    }

    // A batch whose flush failed is written again, and the first writing may become durable later.
    private void Tell(JournalLine line)
    {
        if (line.Number > told.GetValueOrDefault(line.Order))
        {
            told[line.Order] = line.Number;
            Became?.Invoke(line);
        }
    }

    private static string? Field(string line, string name)
    {
        var start = line.IndexOf(name, StringComparison.Ordinal);
        var end = start < 0 ? -1 : line.IndexOf('"', start + name.Length);
        return end < 0 ? null : line[(start + name.Length)..end];
    }
}
