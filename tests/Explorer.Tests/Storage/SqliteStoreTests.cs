using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Provision.Explorer.Feed;
using Provision.Explorer.Storage;
using Provision.Explorer.Storage.Sqlite;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Provision.Workloads;
using Xunit;

namespace Provision.Explorer.Tests.Storage;

public sealed class SqliteStoreTests : StoreContract, IDisposable
{
    private readonly TempFolder folder = new();
    private SqliteStore store;

    public SqliteStoreTests() => store = Open();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected override IStore Store => store;

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        var order = Samples.Volume();
        await store.AddReservationAsync(OrderVerifier.Verify(order), Ct);
        var cancel = OrderVerifier.Verify(Samples.Cancel(order.ComputeDigest()), order.User, order.ComputeDigest());
        await store.AddFollowUpAsync(cancel, 1, Ct);
        await store.AddReceiptsAsync(Samples.Node, [Samples.Receipt(order, 1)], Ct);
        await store.SaveNodeAsync(Samples.Registration(), Ct);
        var epoch = store.Epoch;

        store.Dispose();
        store = Open();
        Assert.Equal(epoch, store.Epoch);
        var changes = await store.ReadChangesAsync(Samples.Node, 0, 100, int.MaxValue, Ct);
        Assert.Equal(2, changes.Last);
        Assert.Equal(order, Assert.Single(changes.Reservations).Content.Reservation);
        Assert.Equal([Samples.Receipt(order, 1)], await store.ListReceiptsAsync(Samples.Node, 0, 100, Ct));
        Assert.Equal(Samples.Registration(), await store.FindNodeAsync(Samples.Node, Ct));
        Assert.Equal(2ul, (await store.AddReservationAsync(OrderVerifier.Verify(Samples.Volume()), Ct)).Stored.Content.Id.Reservation);
    }

    [Fact]
    public void Each_database_has_an_epoch_of_its_own()
    {
        using var other = SqliteStore.Open(folder.Path("other.db"));
        Assert.NotEqual(store.Epoch, other.Epoch);
        Assert.Equal(32, store.Epoch.Length);
    }

    [Fact]
    public void A_newer_schema_is_refused_and_left_alone()
    {
        store.Dispose();
        Tamper("insert into schema (version) values (99)");
        var fault = Assert.Throws<FaultException>(Open).Fault;
        Assert.Equal(FaultCode.Conflict, fault.Code);
        Assert.Contains("schema 99", fault.What, StringComparison.Ordinal);
        Assert.NotNull(fault.Remedy);
        Tamper("delete from schema where version = 99");
        store = Open();
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused()
    {
        var path = folder.Path("text.db");
        File.WriteAllText(path, new string('x', 10_000));
        Assert.Equal(FaultCode.DataLoss, Assert.Throws<FaultException>(() => SqliteStore.Open(path)).Fault.Code);
        Assert.Equal(10_000, new FileInfo(path).Length);
    }

    [Fact]
    public async Task A_spoiled_document_is_lost_data()
    {
        var order = Samples.Volume();
        await store.AddReservationAsync(OrderVerifier.Verify(order), Ct);
        Tamper("""update reservations set document = '{"reservation":{}}'""");
        var fault = (await Assert.ThrowsAsync<FaultException>(() => store.FindReservationAsync(order.ComputeDigest(), Ct))).Fault;
        Assert.Equal(FaultCode.DataLoss, fault.Code);
    }

    [Fact]
    public async Task A_spoiled_document_is_passed_over_in_the_feed_with_a_line_in_the_log()
    {
        var log = new LogLines<ExplorerCore>();
        var explorer = new ExplorerCore(store, new FakeTimeProvider(Samples.Now), WorkloadCatalog.All, log);
        for (var i = 0; i < 104; i++)
        {
            await store.AddReservationAsync(OrderVerifier.Verify(Samples.Volume()), Ct);
        }

        // More than a page of them at the start, one between, one at the end.
        Tamper("update reservations set document = '{' where number <= 101 or number in (103, 104)");
        var page = await explorer.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.Zero, Ct);
        Assert.Equal((102, 102), (Assert.Single(page.Entries).Sequence, page.Next.Sequence));
        Assert.Equal(101, log.Lines.Count);
        page = await explorer.PollAsync(Samples.Node, page.Next, TimeSpan.Zero, Ct);
        Assert.Equal((0, 104), (page.Entries.Count, page.Next.Sequence));
        Assert.Equal(103, log.Lines.Count);
        Assert.All(log.Lines, line => Assert.Equal(LogLevel.Error, line.Level));
        Assert.Contains("Change 104", log.Lines[^1].Text, StringComparison.Ordinal);
        Assert.Contains("reservation 104-1", log.Lines[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_caller_writes_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.AddReservationAsync(OrderVerifier.Verify(Samples.Volume()), new CancellationToken(canceled: true)));
        Assert.Equal(0, (await store.ReadChangesAsync(Samples.Node, 0, 1, int.MaxValue, Ct)).Last);
    }

    private SqliteStore Open() => SqliteStore.Open(folder.Path("explorer.db"));

    private void Tamper(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={folder.Path("explorer.db")};Pooling=False");
        connection.Open();
        connection.Execute(sql);
    }
}
