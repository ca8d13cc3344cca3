using Provision.Reservations;

namespace Provision.Machine.Linux.Containers;

/// <summary>One hand at a time for each owner.</summary>
internal sealed class OwnerLocks
{
    private readonly Dictionary<Digest, Entry> entries = [];

    /// <summary>True while somebody has this owner in hand.</summary>
    public bool IsHeld(Digest owner)
    {
        lock (entries)
        {
            return entries.ContainsKey(owner);
        }
    }

    /// <summary>Waits for its turn; disposing lets go.</summary>
    public async ValueTask<IDisposable> HoldAsync(Digest owner, CancellationToken ct)
    {
        Entry? entry;
        lock (entries)
        {
            if (!entries.TryGetValue(owner, out entry))
            {
                entries.Add(owner, entry = new Entry(this, owner));
            }

            entry.Users++;
        }

        try
        {
            await entry.Turn.WaitAsync(ct);
            return entry;
        }
        catch
        {
            Leave(entry);
            throw;
        }
    }

    private void Leave(Entry entry)
    {
        lock (entries)
        {
            if (--entry.Users == 0)
            {
                entries.Remove(entry.Owner);
            }
        }
    }

    private sealed class Entry(OwnerLocks locks, Digest owner) : IDisposable
    {
        public Digest Owner => owner;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }

        public void Dispose()
        {
            Turn.Release();
            locks.Leave(this);
        }
    }
}
