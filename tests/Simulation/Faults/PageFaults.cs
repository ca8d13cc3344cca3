using System.Text;
using Provision.Reservations;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;

namespace Provision.Simulation.Faults;

/// <summary>The faults that pages of the feed meet on their way to a node.</summary>
public static class PageFaults
{
    private static readonly KeyPair Stranger = Actors.Key(51);

    /// <summary>Each of them may meet a page, in this order: one that is cut when it was bent already may look whole.</summary>
    public static IReadOnlyList<PageFault> All { get; } =
    [
        new(FaultKinds.PageTwice, (explorer, after, _) => Repeat(explorer, after)),
        new(FaultKinds.CursorBack, (explorer, after, _) => after.Sequence > 1 ? explorer.ReadBackAsync(after) : null),
        new(FaultKinds.PageCut, (_, _, page) => page.Entries.Count > 1 ? Cut(page) : null),
        new(FaultKinds.PageReordered, (explorer, _, page) => page.Entries.Count > 1 ? Reorder(page, explorer.Random) : null),
        new(FaultKinds.ForgedOrder, (explorer, _, page) => page.Entries.Count > 0 ? ForgeOrder(page, explorer.Random) : null),
        new(FaultKinds.ForgedCancel, (explorer, _, page) => page.Entries.Count > 0 ? ForgeCancel(page, explorer.Random) : null),
    ];

    // Never one that begins behind the place: nobody can tell what it leaves out. Of another epoch the next page begins at the start.
    private static Task<FeedPage>? Repeat(FleetExplorer explorer, FeedCursor after) =>
        explorer.Earlier is var (from, page) && after != FeedCursor.Start
            && (after.Epoch != page.Next.Epoch || (from.Epoch == after.Epoch && from.Sequence <= after.Sequence))
            ? Task.FromResult(page)
            : null;

    private static Task<FeedPage> Reorder(FeedPage page, Random random)
    {
        var entries = page.Entries.ToArray();
        random.Shuffle(entries);
        return Task.FromResult(page with { Entries = entries });
    }

    // A node reads its pages: one that is not whole does not get as far as the engine.
    private static async Task<FeedPage> Cut(FeedPage page)
    {
        var cut = CanonicalJson.Build(writer => (page with { Entries = [.. page.Entries.SkipLast(1)] }).Write(writer));
        return FeedPage.Read(StrictJson.Parse(Encoding.UTF8.GetBytes(cut.Text), "feed page"));
    }

    private static Task<FeedPage> ForgeOrder(FeedPage page, Random random)
    {
        var (entry, fed) = Pick(page, random);
        var order = fed.Reservation;
        var forged = order with { Duration = order.Duration + TimeSpan.FromDays(1), Nonce = order.Nonce + "0" };
        return Task.FromResult(Put(page, entry, new FeedReservation(fed.Id, random.Next(2) == 0 ? forged : Steal(forged), [])));
    }

    // Signed by somebody, but not by who it says.
    private static Reservation Steal(Reservation order) => order with { Signature = Stranger.Sign(order).Signature };

    private static Task<FeedPage> ForgeCancel(FeedPage page, Random random)
    {
        var (entry, fed) = Pick(page, random);
        var cancel = Stranger.Sign(new Cancel
        {
            Reservation = fed.Reservation.ComputeDigest(),
            User = random.Next(2) == 0 ? fed.Reservation.User : new UserId(Stranger.PublicKey),
            Counter = random.Next(1, 9),
            Created = fed.Reservation.Created,
        });
        return Task.FromResult(Put(page, entry, fed with { FollowUps = [cancel, .. fed.FollowUps] }));
    }

    private static (FeedEntry Entry, FeedReservation Content) Pick(FeedPage page, Random random)
    {
        var entry = page.Entries[random.Next(page.Entries.Count)];
        return (entry, FeedReservation.Read(StrictJson.Parse(Encoding.UTF8.GetBytes(entry.Content.Text), "feed entry")));
    }

    // Before the true one.
    private static FeedPage Put(FeedPage page, FeedEntry before, FeedReservation forged) => page with
    {
        Entries =
        [
            .. page.Entries.TakeWhile(entry => entry != before),
            new FeedEntry(before.Sequence, forged.Write()),
            .. page.Entries.SkipWhile(entry => entry != before),
        ],
    };
}
