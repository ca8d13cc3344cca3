using Microsoft.Extensions.Time.Testing;
using Provision.Explorer.Feed;
using Provision.Explorer.Storage.Memory;
using Provision.Reservations;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Workloads;
using Xunit;

namespace Provision.Explorer.Tests.Feed;

/// <summary>A poll costs what it answers, and a node cannot have many of them read at once.</summary>
public sealed class PollCostTests
{
    private static readonly Reservation Large = Samples.Alice.Sign(
        Samples.Unsigned() with { Data = CanonicalJson.Of($"\"{new string('x', 250_000)}\"") });

    private readonly WatchedStore store = new(new MemoryStore("epoch"));
    private readonly ExplorerCore explorer;

    public PollCostTests() => explorer = new ExplorerCore(store, new FakeTimeProvider(Samples.Now), WorkloadCatalog.All);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_loads_what_it_carries()
    {
        for (var i = 0; i < 20; i++)
        {
            await AddAsync(Samples.Alice.Sign(Large with { Nonce = Samples.Nonce() }));
        }

        var page = await PollAsync();
        Assert.Equal([1L, 2L, 3L], page.Entries.Select(entry => entry.Sequence));
        Assert.Equal(3, page.Next.Sequence);
        Assert.Equal(3, store.ChangesRead);
    }

    [Fact]
    public async Task What_moves_on_after_a_page_is_on_the_next_one()
    {
        var first = await AddAsync(Samples.Volume());
        await AddAsync(Samples.Volume());
        var page = await PollAsync();
        Assert.Equal([1L, 2L], page.Entries.Select(entry => entry.Sequence));
        await store.AddFollowUpAsync(OrderVerifier.Verify(Samples.Cancel(first), Large.User, first), 1, Ct);
        page = await explorer.PollAsync(Samples.Node, page.Next, TimeSpan.Zero, Ct);
        Assert.Equal(3, Assert.Single(page.Entries).Sequence);
        Assert.Single(FeedReservation.Read(page.Entries[0].Content.ToElement()).FollowUps);
    }

    [Fact]
    public async Task Two_polls_of_a_node_read_at_once_and_the_others_wait_their_turn()
    {
        await AddAsync(Samples.Volume());
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.BeforeChanges = _ => open.Task;
        var polls = Enumerable.Range(0, 30).Select(_ => PollAsync()).ToList();
        Assert.Equal(2, store.Reading);
        polls.Add(explorer.PollAsync(Samples.OtherNode, FeedCursor.Start, TimeSpan.Zero, Ct));
        Assert.Equal(3, store.Reading);

        open.SetResult();
        var pages = await Task.WhenAll(polls).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Ct);
        Assert.Equal(30, pages.Count(page => page.Entries.Count == 1));
        Assert.Equal(0, explorer.WaitingPolls);
    }

    private async Task<Digest> AddAsync(Reservation order) =>
        (await store.AddReservationAsync(OrderVerifier.Verify(order), Ct)).Stored.Digest;

    private Task<FeedPage> PollAsync() => explorer.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.Zero, Ct);
}
