using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;

namespace Provision.Explorer.Feed;

public sealed partial class ExplorerCore
{
    /// <summary>The longest that a poll waits.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    // Below the 1 MiB of our readers, with room for the frame around the entries.
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
        var changes = await store.ReadChangesAsync(node, from, 1, ct);
        if (from > changes.Last)
        {
            from = 0;
            changes = await store.ReadChangesAsync(node, from, 1, ct);
        }

        // One at a time: of a hundred large reservations a page holds four, and all the others would be read for nothing. Beyond the
        // last change of the first look may be what we have on the page, moved on since.
        var page = new FeedPageDraft(FeedPageSizeMax);
        var last = changes.Last;
        while (page.Add(changes, last))
        {
            changes = await store.ReadChangesAsync(node, page.Read, 1, ct);
        }

        foreach (var (change, fault) in page.Passed)
        {
            LogUnreadable(log, change, node, fault);
        }

        return new FeedPage(new FeedCursor(store.Epoch, Math.Max(page.Next, from)), page.Entries);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Change {Change} of node {Node} is passed over: {Fault}")]
    private static partial void LogUnreadable(ILogger logger, long change, NodeId node, Fault fault);
}
