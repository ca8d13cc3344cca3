using Provision.Explorer.Storage.Sqlite;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Explorer.Tests.Storage;

/// <summary>A crowd that asks one database at the same moment.</summary>
public sealed class ManyReadersTests : IDisposable
{
    private const int Crowd = 16;
    private readonly TempFolder folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Readers_who_come_at_once_have_a_connection_each()
    {
        // Two readers got one connection only when both found none idle, so every wave meets a store that was just opened.
        var order = Samples.Volume();
        for (var wave = 0; wave < 200; wave++)
        {
            using var store = SqliteStore.Open(folder.Path("explorer.db"));
            await store.AddReservationAsync(OrderVerifier.Verify(order), Ct);
            await AllAtOnceAsync(_ =>
            {
                for (var i = 0; i < 5; i++)
                {
                    Assert.NotNull(store.FindReservationAsync(order.ComputeDigest(), Ct).GetAwaiter().GetResult());
                }
            });
        }
    }

    [Fact]
    public async Task Who_leaves_in_the_middle_of_a_crowd_spoils_nothing()
    {
        var order = Samples.Volume();
        using var store = SqliteStore.Open(folder.Path("explorer.db"));
        await store.AddReservationAsync(OrderVerifier.Verify(order), Ct);
        using var leave = new CancellationTokenSource();
        var left = 0;
        await AllAtOnceAsync(place =>
        {
            for (var i = 0; i < 200; i++)
            {
                if (place == 0 && i == 20)
                {
                    leave.Cancel();
                }

                try
                {
                    var ct = place % 2 == 0 ? leave.Token : Ct;
                    Assert.NotNull(store.FindReservationAsync(order.ComputeDigest(), ct).GetAwaiter().GetResult());
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref left);
                    Assert.Equal(0, place % 2);
                }
            }
        });
        Assert.InRange(left, 180, Crowd / 2 * 200);
        Assert.Equal(1, (await store.ReadChangesAsync(Samples.Node, 0, 1, int.MaxValue, Ct)).Last);
    }

    // Threads of their own: those of the pool come one after the other.
    private static async Task AllAtOnceAsync(Action<int> work)
    {
        using var start = new Barrier(Crowd);
        await Task.WhenAll(Enumerable.Range(0, Crowd).Select(place => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(Ct);
                work(place);
            },
            Ct,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
    }
}
