using System.Text;
using Provision.Machine.Simulated.Disk;
using Provision.Provisioning.Journal;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Simulation.Faults;

/// <summary>
/// Damage to the durable bytes of a node's journal, which its next daemon finds, and what can no longer be asked of the node for it: an
/// order of which a line is lost may be set aside, and what builds on it or shares with it waits for it. When the line with the newest
/// receipt is lost, the node says other things under numbers that it used, and the explorer takes none of them.
/// </summary>
public sealed class JournalDamage(FleetNode node, Random random)
{
    private readonly HashSet<Digest> struck = [];

    /// <summary>True when anything was damaged.</summary>
    public bool Any { get; private set; }

    /// <summary>True when nothing can be asked of any order of the node.</summary>
    public bool IsTotal { get; private set; }

    /// <summary>The orders of which a line was hit.</summary>
    public IReadOnlySet<Digest> Struck => struck;

    private SimulatedDisk Disk => node.Machine.Disk;

    private IEnumerable<string> Segments => Disk.Files.Where(file => Provisioning.Journal.Segments.TryParse(file, out _));

    /// <summary>Kills the daemon and flips a bit.</summary>
    public bool FlipBit()
    {
        if (Segments.Where(file => Disk.ReadDurable(file).Length > 0).ToList() is not { Count: > 0 } files)
        {
            return false;
        }

        node.Kill();
        var file = files[random.Next(files.Count)];
        var bytes = Belongings.Now(Disk.ReadAsync(file, CancellationToken.None).AsTask());
        var at = random.Next(bytes.Length);
        Strike(bytes, at);
        bytes[at] ^= (byte)(1 << random.Next(8));
        Disk.Overwrite(file, bytes);
        return Any = true;
    }

    /// <summary>Kills the daemon and empties a segment.</summary>
    public bool EmptySegment()
    {
        var files = Segments.ToList();
        if (files.Count == 0)
        {
            return false;
        }

        node.Kill();
        var file = files[random.Next(files.Count)];
        Disk.Overwrite(file, []);
        node.Journal.Forget(file);
        return Any = IsTotal = true;
    }

    /// <summary>Kills the daemon and leaves the next segment behind, with nothing in it. Nothing is lost.</summary>
    public bool LeaveEmptyFile()
    {
        node.Kill();
        var last = Provisioning.Journal.Segments.TryParse(Segments.LastOrDefault() ?? "", out var number) ? number : 0;
        Disk.Overwrite(Provisioning.Journal.Segments.NameOf(last + 1), []);
        return true;
    }

    // The line that holds the byte; with its newline also the one after it.
    private void Strike(byte[] bytes, int at)
    {
        var begin = Array.LastIndexOf(bytes, (byte)'\n', Math.Max(at - 1, 0)) + 1;
        var end = Array.IndexOf(bytes, (byte)'\n', at + (bytes[at] == '\n' ? 1 : 0));
        var hit = bytes[begin..(end < 0 ? bytes.Length : end)];
        foreach (var line in Encoding.UTF8.GetString(hit).Split('\n'))
        {
            if (DurableJournal.OwnerOf(line) is { } owner && Digest.TryParse(owner, out var digest))
            {
                struck.Add(digest);
            }

            IsTotal |= line.Contains("\"receipt\":", StringComparison.Ordinal) && IsNewest(line);
        }
    }

    private bool IsNewest(string line)
    {
        try
        {
            return JournalLine.Read(Encoding.UTF8.GetBytes(line)).Entry.Receipt is { } receipt && receipt.Sequence >= node.LastReceipt;
        }
        catch (FaultException)
        {
            // It was hit before.
            return false;
        }
    }
}
