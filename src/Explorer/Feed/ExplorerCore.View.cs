using Provision.Explorer.Storage;
using Provision.Reservations;

namespace Provision.Explorer.Feed;

public sealed partial class ExplorerCore
{
    /// <summary>The reservation of this digest, or null.</summary>
    public async Task<ReservationView?> FindAsync(Digest digest, CancellationToken ct = default) =>
        await store.FindReservationAsync(digest, ct) is { } stored ? await ViewAsync(stored, ct) : null;

    /// <summary>The reservation of this alias, or null.</summary>
    public async Task<ReservationView?> FindAsync(ReservationId id, CancellationToken ct = default) =>
        await store.FindReservationAsync(id, ct) is { } stored ? await ViewAsync(stored, ct) : null;

    /// <summary>
    /// Reservations by alias, of this user and on this node where given, after this number; at most <see cref="PageMax"/>.
    /// </summary>
    public async Task<IReadOnlyList<ReservationView>> ListAsync(UserId? user, NodeId? node, ulong after, CancellationToken ct = default)
    {
        var views = new List<ReservationView>();
        foreach (var stored in await store.ListReservationsAsync(user, node, after, PageMax, ct))
        {
            views.Add(await ViewAsync(stored, ct));
        }

        return views;
    }

    private async Task<ReservationView> ViewAsync(StoredReservation stored, CancellationToken ct) =>
        new(stored.Digest, stored.Content, await store.ListReceiptsAsync(stored.Digest, ReservationView.ReceiptsMax, ct));
}
