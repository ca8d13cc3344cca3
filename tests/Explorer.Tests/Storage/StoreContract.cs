using System.Text;
using Provision.Explorer.Storage;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Explorer.Tests.Storage;

/// <summary>What every store does.</summary>
public abstract class StoreContract
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract IStore Store { get; }

    [Fact]
    public async Task A_reservation_is_found_by_digest_alias_and_nonce()
    {
        var order = Samples.Volume();
        var (stored, added) = await Store.AddReservationAsync(OrderVerifier.Verify(order), Ct);
        Assert.True(added);
        Assert.Equal(new ReservationId(1, 1), stored.Content.Id);
        Assert.Equal(1, stored.Change);
        foreach (var found in new[]
        {
            await Store.FindReservationAsync(order.ComputeDigest(), Ct),
            await Store.FindReservationAsync(stored.Content.Id, Ct),
            await Store.FindReservationAsync(order.User, order.Nonce, Ct),
        })
        {
            Assert.Equal(order, found!.Content.Reservation);
            Assert.Equal(order.ComputeDigest(), found.Digest);
            Assert.Empty(found.Content.FollowUps);
        }
    }

    [Fact]
    public async Task What_is_not_there_is_null()
    {
        Assert.Null(await Store.FindReservationAsync(Samples.Volume().ComputeDigest(), Ct));
        Assert.Null(await Store.FindReservationAsync(new ReservationId(1, 1), Ct));
        Assert.Null(await Store.FindReservationAsync(new ReservationId(ulong.MaxValue, 1), Ct));
        Assert.Null(await Store.FindReservationAsync(new UserId(Samples.Alice.PublicKey), "none", Ct));
        Assert.Null(await Store.FindNodeAsync(Samples.Node, Ct));
    }

    [Fact]
    public async Task An_alias_with_another_second_part_is_nobodys()
    {
        await AddAsync(Samples.Volume());
        Assert.Null(await Store.FindReservationAsync(new ReservationId(1, 2), Ct));
    }

    [Fact]
    public async Task A_taken_nonce_changes_nothing_and_says_what_is_there()
    {
        var first = await AddAsync(Samples.Volume(nonce: "the-same-nonce-twice"));
        var (stored, added) = await Store.AddReservationAsync(
            OrderVerifier.Verify(Samples.Volume(nonce: "the-same-nonce-twice", created: Samples.Now.AddSeconds(1))), Ct);
        Assert.False(added);
        Assert.Equal(first.Digest, stored.Digest);
        Assert.Equal(1, (await Store.ReadChangesAsync(Samples.Node, 0, 100, int.MaxValue, Ct)).Last);
    }

    [Fact]
    public async Task The_same_nonce_of_another_user_is_another_nonce()
    {
        await AddAsync(Samples.Volume(nonce: "the-same-nonce-twice"));
        Assert.Equal(2ul, (await AddAsync(Samples.Volume(Samples.Bob, nonce: "the-same-nonce-twice"))).Content.Id.Reservation);
    }

    [Fact]
    public async Task Each_node_has_a_change_sequence_of_its_own()
    {
        await AddAsync(Samples.Volume());
        await AddAsync(Samples.Volume(node: Samples.OtherNode));
        var third = await AddAsync(Samples.Volume());
        var changes = await Store.ReadChangesAsync(Samples.Node, 1, 100, int.MaxValue, Ct);
        Assert.Equal(2, changes.Last);
        Assert.Equal(third.Digest, Assert.Single(changes.Reservations).Digest);
        Assert.Equal(1, (await Store.ReadChangesAsync(Samples.OtherNode, 0, 100, int.MaxValue, Ct)).Last);
    }

    [Fact]
    public async Task A_follow_up_moves_its_reservation_on_and_is_kept_in_order()
    {
        var first = await AddAsync(Samples.Volume());
        var second = await AddAsync(Samples.Volume());
        Assert.True(await FollowAsync(first, Samples.Extend(first.Digest), 1));
        Assert.True(await FollowAsync(first, Samples.Cancel(first.Digest, 2), 2));
        var changes = await Store.ReadChangesAsync(Samples.Node, 0, 100, int.MaxValue, Ct);
        Assert.Equal(4, changes.Last);
        Assert.Equal([second.Digest, first.Digest], changes.Reservations.Select(stored => stored.Digest));
        Assert.Equal([2L, 4L], changes.Reservations.Select(stored => stored.Change));
        Assert.Equal([Samples.Extend(first.Digest), Samples.Cancel(first.Digest, 2)], changes.Reservations[1].Content.FollowUps);
    }

    [Fact]
    public async Task A_position_is_taken_once()
    {
        var stored = await AddAsync(Samples.Volume());
        Assert.True(await FollowAsync(stored, Samples.Extend(stored.Digest), 1));
        Assert.False(await FollowAsync(stored, Samples.Cancel(stored.Digest, 2), 1));
        Assert.False(await FollowAsync(stored, Samples.Cancel(stored.Digest, 2), 3));
        Assert.Equal(2, (await Store.ReadChangesAsync(Samples.Node, 0, 100, int.MaxValue, Ct)).Last);
    }

    [Fact]
    public async Task Changes_come_in_pages()
    {
        for (var i = 0; i < 5; i++)
        {
            await AddAsync(Samples.Volume());
        }

        var page = await Store.ReadChangesAsync(Samples.Node, 1, 2, int.MaxValue, Ct);
        Assert.Equal([2L, 3L], page.Reservations.Select(stored => stored.Change));
        Assert.Equal(5, page.Last);
    }

    [Fact]
    public async Task A_page_of_changes_has_as_many_as_fit_and_always_the_first_one()
    {
        var first = await AddAsync(Samples.Volume());
        for (var i = 0; i < 4; i++)
        {
            await AddAsync(Samples.Volume());
        }

        var one = Encoding.UTF8.GetByteCount(OrderJson.Write(first.Content.Reservation).Text);
        Assert.Equal([1L, 2L], await PageAsync(2 * one));
        Assert.Equal([1L, 2L], await PageAsync((3 * one) - 1));
        Assert.Equal([1L], await PageAsync(0));

        // What followed it counts, too.
        var cancel = Samples.Cancel(first.Digest);
        Assert.True(await FollowAsync(first, cancel, 1));
        var more = Encoding.UTF8.GetByteCount(OrderJson.Write(cancel).Text);
        Assert.Equal([2L, 3L, 4L, 5L], await PageAsync((5 * one) + more - 1));
        Assert.Equal([2L, 3L, 4L, 5L, 6L], await PageAsync((5 * one) + more));

        async Task<IEnumerable<long>> PageAsync(int size)
        {
            var changes = await Store.ReadChangesAsync(Samples.Node, 0, 100, size, Ct);
            return changes.Reservations.Select(stored => stored.Change);
        }
    }

    [Fact]
    public async Task Reservations_are_listed_by_user_and_node()
    {
        await AddAsync(Samples.Volume());
        await AddAsync(Samples.Volume(Samples.Bob));
        await AddAsync(Samples.Volume(node: Samples.OtherNode));
        async Task<IEnumerable<ulong>> ListAsync(UserId? user, NodeId? node, ulong after = 0) =>
            (await Store.ListReservationsAsync(user, node, after, 100, Ct)).Select(stored => stored.Content.Id.Reservation);
        var alice = new UserId(Samples.Alice.PublicKey);
        Assert.Equal([1, 2, 3], await ListAsync(null, null));
        Assert.Equal([1, 3], await ListAsync(alice, null));
        Assert.Equal([1, 2], await ListAsync(null, Samples.Node));
        Assert.Equal([1], await ListAsync(alice, Samples.Node));
        Assert.Equal([3], await ListAsync(alice, null, 1));
    }

    [Fact]
    public async Task A_receipt_sequence_is_taken_once_and_its_hash_is_told()
    {
        var order = Samples.Volume();
        await AddAsync(order);
        var receipt = Samples.Receipt(order, 1);
        var other = Samples.Receipt(order, 1, data: """{"other":1}""");
        Assert.Equal([receipt.ComputeHash()], await Store.AddReceiptsAsync(Samples.Node, [receipt], Ct));
        Assert.Equal(
            [receipt.ComputeHash(), receipt.ComputeHash()],
            await Store.AddReceiptsAsync(Samples.Node, [receipt, other], Ct));
        Assert.Equal([receipt], await Store.ListReceiptsAsync(Samples.Node, 0, 100, Ct));
    }

    [Fact]
    public async Task Receipts_are_read_in_sequence_whatever_the_order_of_delivery()
    {
        var (one, two) = (Samples.Volume(), Samples.Volume());
        await AddAsync(one);
        await AddAsync(two);
        await Store.AddReceiptsAsync(Samples.Node, [Samples.Receipt(one, 7), Samples.Receipt(two, 2), Samples.Receipt(one, 3)], Ct);
        Assert.Equal([2, 3, 7], (await Store.ListReceiptsAsync(Samples.Node, 0, 100, Ct)).Select(receipt => receipt.Sequence));
        Assert.Equal([3], (await Store.ListReceiptsAsync(Samples.Node, 2, 1, Ct)).Select(receipt => receipt.Sequence));
        var last = await Store.ListReceiptsAsync(one.ComputeDigest(), 100, int.MaxValue, Ct);
        Assert.Equal([3, 7], last.Select(receipt => receipt.Sequence));
        Assert.Equal([7], (await Store.ListReceiptsAsync(one.ComputeDigest(), 1, int.MaxValue, Ct)).Select(receipt => receipt.Sequence));
    }

    [Fact]
    public async Task The_last_receipts_are_cut_by_their_size_in_bytes_but_never_to_nothing()
    {
        var order = Samples.Volume();
        await Store.AddReservationAsync(OrderVerifier.Verify(order), Ct);
        List<Receipt> receipts =
            [.. Enumerable.Range(1, 5).Select(i => Samples.Receipt(order, i, data: $"\"{new string('é', 1000 * i)}\""))];
        await Store.AddReceiptsAsync(Samples.Node, receipts, Ct);
        var sizes = receipts.ConvertAll(receipt => Encoding.UTF8.GetByteCount(ReceiptJson.Write(receipt).Text));
        async Task<IEnumerable<long>> LastAsync(int countMax, int sizeMax) =>
            (await Store.ListReceiptsAsync(order.ComputeDigest(), countMax, sizeMax, Ct)).Select(receipt => receipt.Sequence);

        Assert.Equal([1, 2, 3, 4, 5], await LastAsync(100, sizes.Sum()));
        Assert.Equal([2, 3, 4, 5], await LastAsync(100, sizes.Sum() - 1));
        Assert.Equal([4, 5], await LastAsync(2, sizes.Sum()));
        Assert.Equal([4, 5], await LastAsync(100, sizes[3] + sizes[4]));
        Assert.Equal([5], await LastAsync(100, sizes[3] + sizes[4] - 1));
        Assert.Equal([5], await LastAsync(100, 0));
    }

    [Fact]
    public async Task The_newest_registration_stays()
    {
        await Store.SaveNodeAsync(Samples.Registration(), Ct);
        await Store.SaveNodeAsync(Samples.Registration(kinds: "volume debug", created: Samples.Now.AddSeconds(1)), Ct);
        await Store.SaveNodeAsync(Samples.Registration(kinds: "old", created: Samples.Now.AddSeconds(-1)), Ct);
        Assert.Equal("volume debug", (await Store.FindNodeAsync(Samples.Node, Ct))!.Kinds);
        await Store.SaveFarmAsync(Samples.Farm(), Ct);
        await Store.SaveFarmAsync(Samples.Farm("Old", Samples.Now.AddSeconds(-1)), Ct);
        Assert.Equal([Samples.Farm()], await Store.ListFarmsAsync("", 100, Ct));
    }

    [Fact]
    public async Task A_registration_is_kept_with_the_offer_that_its_signature_covers()
    {
        var offering = Samples.Registration(offer: Samples.Offer);
        await Store.SaveNodeAsync(offering, Ct);
        await Store.SaveNodeAsync(Samples.Registration(Samples.OtherNodeKey), Ct);
        var kept = await Store.FindNodeAsync(Samples.Node, Ct);
        Assert.Equal(offering, kept);
        kept!.Verify();
        Assert.Contains(offering, await Store.ListNodesAsync("", 100, Ct));
        Assert.Null((await Store.FindNodeAsync(Samples.OtherNode, Ct))!.Offer);
        await Store.SaveNodeAsync(Samples.Registration(created: Samples.Now.AddSeconds(1)), Ct);
        Assert.Null((await Store.FindNodeAsync(Samples.Node, Ct))!.Offer);
    }

    [Fact]
    public async Task Nodes_are_listed_by_the_text_of_their_id()
    {
        await Store.SaveNodeAsync(Samples.Registration(), Ct);
        await Store.SaveNodeAsync(Samples.Registration(Samples.OtherNodeKey), Ct);
        var ids = new[] { Samples.Node.ToString(), Samples.OtherNode.ToString() }.Order(StringComparer.Ordinal).ToList();
        Assert.Equal(ids, (await Store.ListNodesAsync("", 100, Ct)).Select(node => node.Node.ToString()));
        Assert.Equal(ids.Skip(1), (await Store.ListNodesAsync(ids[0], 100, Ct)).Select(node => node.Node.ToString()));
        Assert.Equal(ids.Take(1), (await Store.ListNodesAsync("", 1, Ct)).Select(node => node.Node.ToString()));
    }

    [Fact]
    public async Task Many_writers_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => AddAsync(Samples.Volume()), Ct)));
        var changes = await Store.ReadChangesAsync(Samples.Node, 0, 100, int.MaxValue, Ct);
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (long)i), changes.Reservations.Select(stored => stored.Change));
        Assert.Equal(50, changes.Reservations.Select(stored => stored.Content.Id).Distinct().Count());
    }

    private async Task<StoredReservation> AddAsync(Reservation order) =>
        (await Store.AddReservationAsync(OrderVerifier.Verify(order), Ct)).Stored;

    private Task<bool> FollowAsync(StoredReservation about, FollowUp order, int position) =>
        Store.AddFollowUpAsync(OrderVerifier.Verify(order, about.Content.Reservation.User, about.Digest), position, Ct);
}
