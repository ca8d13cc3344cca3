using System.Runtime.CompilerServices;
using Provision.Explorer.Storage;
using Provision.Reservations;

namespace Provision.Explorer.Feed;

public sealed partial class ExplorerCore
{
    /// <summary>The reservation of this digest, or null.</summary>
    public async Task<ReservationView?> FindAsync(Digest digest, CancellationToken ct = default) =>
        await store.FindReservationAsync(digest, ct) is { } stored ? await ViewAsync(stored, ReservationView.ReceiptsSizeMax, ct) : null;

    /// <summary>The reservation of this alias, or null.</summary>
    public async Task<ReservationView?> FindAsync(ReservationId id, CancellationToken ct = default) =>
        await store.FindReservationAsync(id, ct) is { } stored ? await ViewAsync(stored, ReservationView.ReceiptsSizeMax, ct) : null;

    /// <summary>
    /// Reservations by alias, of this user and on this node where given, after this number; at most <see cref="PageMax"/>. Each is
    /// loaded when it is asked for, with fewer receipts than <see cref="FindAsync(Digest, CancellationToken)"/> gives.
    /// </summary>
    public async IAsyncEnumerable<ReservationView> ListAsync(
        UserId? user, NodeId? node, ulong after, [EnumeratorCancellation] CancellationToken ct = default)
    {
        for (var count = 0; count < PageMax; count++)
        {
            if (await store.ListReservationsAsync(user, node, after, 1, ct) is not [var stored])
            {
                yield break;
            }

            after = stored.Content.Id.Reservation;
            yield return await ViewAsync(stored, ReservationView.ListedReceiptsSizeMax, ct);
        }
    }

    private async Task<ReservationView> ViewAsync(StoredReservation stored, int sizeMax, CancellationToken ct) => new(
        stored.Digest, stored.Content, await store.ListReceiptsAsync(stored.Digest, ReservationView.ReceiptsMax, sizeMax, ct));
}
