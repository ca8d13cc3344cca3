using System.Security.Cryptography;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Grid;

/// <summary>What a user does on a grid.</summary>
public static class Leases
{
    /// <summary>An order for a volume on the grid's node; not signed, not sent.</summary>
    public static Reservation Draft(this TestGrid grid, long sizeGiB = 1, TimeSpan? duration = null) => new()
    {
        Node = grid.Node,
        User = new UserId(grid.User.PublicKey),
        Kind = "volume",
        Data = CanonicalJson.Of($$"""{"size":{{sizeGiB}},"type":"SSD"}"""),
        Created = TimeProvider.System.GetUtcNow(),
        Duration = duration ?? TimeSpan.FromHours(1),
        Nonce = RandomNumberGenerator.GetHexString(32, lowercase: true),
    };

    /// <summary>Orders a volume; its digest.</summary>
    public static async Task<Digest> OrderAsync(this TestGrid grid, long sizeGiB = 1, TimeSpan? duration = null) =>
        (await grid.Client.SubmitAsync(grid.User.Sign(grid.Draft(sizeGiB, duration)), CancellationToken.None)).Digest;

    /// <summary>A cancel by the user; not signed, not sent.</summary>
    public static Cancel Cancel(this TestGrid grid, Digest reservation) => new()
    {
        Reservation = reservation,
        User = new UserId(grid.User.PublicKey),
        Counter = 1,
        Created = TimeProvider.System.GetUtcNow(),
    };

    /// <summary>Cancels an order.</summary>
    public static Task CancelAsync(this TestGrid grid, Digest reservation) =>
        grid.Client.SubmitAsync(grid.User.Sign(grid.Cancel(reservation)), CancellationToken.None);

    /// <summary>The first receipt of this state that the explorer has about an order, once it has one.</summary>
    public static Task<Receipt> ReceiptAsync(this TestGrid grid, Digest reservation, ReceiptState state) => grid.AnsweredAsync(
        $"a receipt \"{state}\" about {reservation.Short}",
        async () => (await grid.NodesClient.FindReservationAsync(reservation.ToString(), CancellationToken.None))
            .Receipts.FirstOrDefault(receipt => receipt.State == state));

    /// <summary>Every receipt of the node that the explorer has.</summary>
    public static async Task<IReadOnlyList<Receipt>> ReceiptsAsync(this TestGrid grid)
    {
        var receipts = new List<Receipt>();
        while (true)
        {
            var after = receipts.LastOrDefault()?.Sequence ?? 0;
            var page = await grid.Client.ListReceiptsAsync(grid.Node, after, CancellationToken.None);
            if (page.Count == 0)
            {
                return receipts;
            }

            receipts.AddRange(page);
        }
    }
}
