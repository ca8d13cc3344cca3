using Provision.Provisioning.Expiry;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;

namespace Provision.Provisioning.Journal;

/// <summary>What a journal holds.</summary>
public sealed class JournalContents
{
    /// <summary>The entries of each order, in order, up to the first gap.</summary>
    public Dictionary<Digest, List<Entry>> Orders { get; } = [];

    /// <summary>
    /// Orders of which lines are missing or unreadable.
    /// Nothing is done for them, and they own all that carries their mark.
    /// </summary>
    public Dictionary<Digest, Fault> SetAside { get; } = [];

    /// <summary>What the start found wrong, for operators.</summary>
    public List<Fault> Reports { get; } = [];

    /// <summary>The newest receipt of any line that can be read, whether its order is whole or not: the chain goes on behind it.</summary>
    public Receipt? LastReceipt { get; set; }

    /// <summary>Segments that end in the middle of a line, and how long they are without it.</summary>
    public List<(string File, long Length)> TornTails { get; } = [];

    /// <summary>Clock marks, oldest first.</summary>
    public List<ClockMark> Marks { get; } = [];

    /// <summary>
    /// How far the feed is in the journal.
    /// The start again after any line was lost, because that line may have been an order.
    /// </summary>
    public FeedCursor Cursor { get; set; } = FeedCursor.Start;

    /// <summary>
    /// Orders of which nothing was acknowledged since the feed has the epoch that it has: an explorer that was restored from a backup may
    /// have lost what an earlier one had. Empty while there was one epoch only.
    /// </summary>
    public HashSet<Digest> Untold { get; } = [];

    /// <summary>The last entry number of the node's own lines.</summary>
    public long NodeNumber { get; set; }

    /// <summary>The newest segment, or 0.</summary>
    public int LastSegment { get; set; }

    /// <summary>How long it is without a torn tail; null when its last line has no end, so that none may follow.</summary>
    public long? LastLength { get; set; } = 0;
}
