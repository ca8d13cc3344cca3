using Provision.Explorer.Feed;
using Provision.Reservations.Feed;
using Xunit;

namespace Provision.Explorer.Tests.Feed;

public sealed class PollTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_has_whole_reservations_in_order_of_change()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var first = await explorer.SubmitAsync(Samples.Volume());
        var second = await explorer.SubmitAsync(Samples.Volume());
        await explorer.SubmitAsync(Samples.Cancel(first.Digest));
        var page = await PollAsync(explorer, FeedCursor.Start, TimeSpan.Zero);
        Assert.Equal(new FeedCursor("epoch", 3), page.Next);
        Assert.Equal([2L, 3L], page.Entries.Select(entry => entry.Sequence));
        var read = page.Entries.Select(entry => FeedReservation.Read(entry.Content.ToElement())).ToList();
        Assert.Equal([second.Digest, first.Digest], read.Select(one => one.Reservation.ComputeDigest()));
        Assert.Equal([Samples.Cancel(first.Digest)], read[1].FollowUps);
        Assert.Empty((await PollAsync(explorer, page.Next, TimeSpan.Zero)).Entries);
    }

    [Fact]
    public async Task A_place_of_another_epoch_or_from_the_future_is_read_from_the_start()
    {
        var explorer = await CoreUnderTest.StartAsync();
        await explorer.SubmitAsync(Samples.Volume());
        foreach (var lost in new[] { new FeedCursor("other", 1), new FeedCursor("epoch", 2), new FeedCursor("epoch", long.MaxValue) })
        {
            var page = await PollAsync(explorer, lost, TimeSpan.Zero);
            Assert.Equal(new FeedCursor("epoch", 1), page.Next);
            Assert.Single(page.Entries);
        }
    }

    [Fact]
    public async Task Pages_end_at_a_hundred_and_the_next_goes_on()
    {
        var explorer = await CoreUnderTest.StartAsync();
        for (var i = 0; i < 130; i++)
        {
            await explorer.SubmitAsync(Samples.Volume());
        }

        var first = await PollAsync(explorer, FeedCursor.Start, TimeSpan.Zero);
        var second = await PollAsync(explorer, first.Next, TimeSpan.Zero);
        Assert.Equal((100, 30, 130), (first.Entries.Count, second.Entries.Count, second.Next.Sequence));
    }

    [Fact]
    public async Task A_commit_wakes_everyone_who_waits_for_that_node_and_nobody_else()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var waiting = Enumerable.Range(0, 500).Select(_ => PollAsync(explorer, FeedCursor.Start, TimeSpan.FromSeconds(30))).ToList();
        var other = explorer.Core.PollAsync(Samples.OtherNode, FeedCursor.Start, TimeSpan.FromSeconds(30), Ct);
        Assert.All(waiting, poll => Assert.False(poll.IsCompleted));
        Assert.Equal(501, explorer.Core.WaitingPolls);

        await explorer.SubmitAsync(Samples.Volume());
        Assert.All(await Soon(Task.WhenAll(waiting)), page => Assert.Single(page.Entries));
        Assert.False(other.IsCompleted);
        Assert.Equal(1, explorer.Core.WaitingPolls);
        explorer.Time.Advance(ExplorerCore.WaitMax);
        Assert.Empty((await other).Entries);
    }

    [Fact]
    public async Task A_cancel_wakes_too()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var digest = (await explorer.SubmitAsync(Samples.Volume())).Digest;
        var poll = PollAsync(explorer, new FeedCursor("epoch", 1), TimeSpan.FromSeconds(30));
        await explorer.SubmitAsync(Samples.Cancel(digest));
        Assert.Single((await Soon(poll)).Entries);
    }

    [Fact]
    public async Task A_wait_ends_empty_and_is_capped()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var poll = PollAsync(explorer, FeedCursor.Start, TimeSpan.FromDays(1));
        explorer.Time.Advance(ExplorerCore.WaitMax - TimeSpan.FromTicks(1));
        Assert.False(poll.IsCompleted);
        explorer.Time.Advance(TimeSpan.FromTicks(1));
        var page = await poll;
        Assert.Empty(page.Entries);
        Assert.Equal(new FeedCursor("epoch", 0), page.Next);
        Assert.Equal(0, explorer.Core.WaitingPolls);
    }

    [Fact]
    public async Task Who_leaves_is_forgotten()
    {
        var explorer = await CoreUnderTest.StartAsync();
        using var leave = new CancellationTokenSource();
        var poll = explorer.Core.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.FromSeconds(30), leave.Token);
        Assert.Equal(1, explorer.Core.WaitingPolls);
        leave.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        Assert.Equal(0, explorer.Core.WaitingPolls);
    }

    [Fact]
    public async Task Stopping_answers_everyone_at_once()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var poll = PollAsync(explorer, FeedCursor.Start, TimeSpan.FromSeconds(30));
        explorer.Core.StopWaiting();
        Assert.Empty((await poll).Entries);
        Assert.Empty((await PollAsync(explorer, FeedCursor.Start, TimeSpan.FromSeconds(30))).Entries);
    }

    // The clock of the core stands still: a poll that is not woken would hang for ever.
    private static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Ct);

    private static Task<FeedPage> PollAsync(CoreUnderTest explorer, FeedCursor after, TimeSpan wait) =>
        explorer.Core.PollAsync(Samples.Node, after, wait, Ct);
}
