using System.Text;
using Provision.Explorer.Storage;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;

namespace Provision.Explorer.Feed;

/// <summary>A page of the feed while it is read, one change after the other.</summary>
/// <param name="sizeMax">The most bytes of its entries; the first one is taken whatever its size.</param>
internal sealed class FeedPageDraft(int sizeMax)
{
    private readonly List<FeedEntry> entries = [];
    private readonly List<(long Change, Fault Fault)> passed = [];
    private readonly List<(long Change, Fault Fault)> pending = [];
    private int size;

    /// <summary>What is on it.</summary>
    public IReadOnlyList<FeedEntry> Entries => entries;

    /// <summary>What can no longer be read and lies before <see cref="Next"/>.</summary>
    public IReadOnlyList<(long Change, Fault Fault)> Passed => passed;

    /// <summary>
    /// Where the reader of the page goes on: after its last entry, or, when it is empty, after all that was passed over; 0 for nothing.
    /// </summary>
    public long Next { get; private set; }

    /// <summary>The change that was looked at last.</summary>
    public long Read { get; private set; }

    /// <summary>Takes what was read, one change or none, up to the change <paramref name="last"/>. False: the page is done.</summary>
    public bool Add(Changes changes, long last)
    {
        if (changes.Unreadable is [var unreadable, ..] && unreadable.Change <= last)
        {
            Read = unreadable.Change;
            pending.Add(unreadable);

            // An empty page says that there is no more: what cannot be read must not make one.
            if (entries.Count == 0)
            {
                PassOver(Read);
            }

            return entries.Count + pending.Count < FeedPage.EntriesMax || entries.Count == 0;
        }

        return changes.Reservations is [var stored, ..] && stored.Change <= last && Add(stored) && entries.Count < FeedPage.EntriesMax;
    }

    private bool Add(StoredReservation stored)
    {
        var entry = new FeedEntry(stored.Change, stored.Content.Write());
        size += Encoding.UTF8.GetByteCount(entry.Content.Text);
        if (size > sizeMax && entries.Count > 0)
        {
            return false;
        }

        entries.Add(entry);
        Read = stored.Change;
        PassOver(Read);
        return true;
    }

    private void PassOver(long next)
    {
        passed.AddRange(pending);
        pending.Clear();
        Next = next;
    }
}
