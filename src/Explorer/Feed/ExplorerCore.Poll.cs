using Provision.Explorer.Storage;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;

namespace Provision.Explorer.Feed;

public sealed partial class ExplorerCore
{
    /// <summary>The longest that a poll waits.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    // Of the orders on a page, below the 1 MiB of our readers: the frames around entries and page need room, too.
    private const int FeedPageSizeMax = 900_000;

    /// <summary>
    /// The changes of a node after this place: at once when there are any, else as soon as there is one, else none after
    /// <paramref name="wait"/> (at most <see cref="WaitMax"/>). A place of another epoch, or beyond the last change (this store was
    /// restored from a backup), is read from the start. Reading changes nothing. What can no longer be read is logged and passed over.
    /// </summary>
    /// <remarks>A node has one daemon: of its polls two read at once, the others wait their turn.</remarks>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/>; who waited is forgotten.</exception>
    public async Task<FeedPage> PollAsync(NodeId node, FeedCursor after, TimeSpan wait, CancellationToken ct)
    {
        var limit = TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, WaitMax.Ticks));
        var start = time.GetTimestamp();
        while (true)
        {
            // Takes its place before it looks: no commit can slip in between.
            using var waiter = waiters.Enter(node);
            var left = limit - time.GetElapsedTime(start);
            var last = left <= TimeSpan.Zero || waiters.Closed;
            var page = await ReadPageAsync(node, after, ct);
            if (page.Entries.Count > 0 || last)
            {
                return page;
            }

            after = page.Next;
            await time.WaitAsync(waiter.Source, left, ct);
        }
    }

    private async Task<FeedPage> ReadPageAsync(NodeId node, FeedCursor after, CancellationToken ct)
    {
        using var turn = await reading.TakeAsync(node, ct);
        var from = after.Epoch == store.Epoch ? Math.Max(after.Sequence, 0) : 0;
        var changes = await ReadAsync(from);
        if (from > changes.Last)
        {
            from = 0;
            changes = await ReadAsync(from);
        }

        // An empty page says that there is no more: what cannot be read must not make one.
        while (changes is { Reservations.Count: 0, Unreadable: [.., var (passed, _)] })
        {
            LogUnreadable(node, changes, passed);
            from = passed;
            changes = await ReadAsync(from);
        }

        List<FeedEntry> entries = [.. changes.Reservations.Select(stored => new FeedEntry(stored.Change, stored.Content.Write()))];
        var next = entries.LastOrDefault()?.Sequence ?? from;
        LogUnreadable(node, changes, next);
        return new FeedPage(new FeedCursor(store.Epoch, next), entries);

        Task<Changes> ReadAsync(long after) => store.ReadChangesAsync(node, after, FeedPage.EntriesMax, FeedPageSizeMax, ct);
    }

    private void LogUnreadable(NodeId node, Changes changes, long last)
    {
        foreach (var (change, fault) in changes.Unreadable.Where(row => row.Change <= last))
        {
            LogUnreadable(log, change, node, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Change {Change} of node {Node} is passed over: {Fault}")]
    private static partial void LogUnreadable(ILogger logger, long change, NodeId node, Fault fault);
}
