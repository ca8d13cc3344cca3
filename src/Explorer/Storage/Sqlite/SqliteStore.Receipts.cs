using Microsoft.Data.Sqlite;
using Provision.Reservations;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<Digest>> AddReceiptsAsync(NodeId node, IReadOnlyList<Receipt> receipts, CancellationToken ct) =>
        WriteAsync<IReadOnlyList<Digest>>(connection => [.. receipts.Select(receipt => Add(connection, node, receipt))], ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Receipt>> ListReceiptsAsync(NodeId node, long after, int countMax, CancellationToken ct) =>
        ReadAsync<IReadOnlyList<Receipt>>(
            connection => connection.Query(
                "select document from receipts where node = $node and sequence > $after order by sequence limit $limit",
                ReadReceipt,
                ("$node", node.ToString()),
                ("$after", after),
                ("$limit", countMax)),
            ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Receipt>> ListReceiptsAsync(Digest reservation, int countMax, int sizeMax, CancellationToken ct) =>
        ReadAsync<IReadOnlyList<Receipt>>(
            connection => connection.Query(
                """
                select document from receipts where reservation = $reservation and sequence >= (
                    select min(sequence)
                    from (
                        select sequence, row_number() over newest as place, sum(size) over newest as total
                        from (
                            select sequence, length(cast(document as blob)) as size
                            from receipts where reservation = $reservation order by sequence desc limit $limit)
                        window newest as (order by sequence desc rows unbounded preceding))
                    where place = 1 or total <= $size)
                order by sequence
                """,
                ReadReceipt,
                ("$reservation", reservation.ToString()),
                ("$limit", countMax),
                ("$size", sizeMax)),
            ct);

    private static Digest Add(SqliteConnection connection, NodeId node, Receipt receipt)
    {
        var hash = receipt.ComputeHash();
        var place = (Node: ("$node", (object)node.ToString()), Sequence: ("$sequence", (object)receipt.Sequence));
        var added = connection.Execute(
            """
            insert into receipts (node, sequence, hash, reservation, document)
            values ($node, $sequence, $hash, $reservation, $document) on conflict (node, sequence) do nothing
            """,
            place.Node,
            place.Sequence,
            ("$hash", hash.ToString()),
            ("$reservation", receipt.Reservation.ToString()),
            ("$document", ReceiptJson.Write(receipt).Text));
        return added == 1
            ? hash
            : connection.Query(
                "select hash from receipts where node = $node and sequence = $sequence",
                row => StoredDocument.ReadDigest(row.GetString(0)),
                place.Node,
                place.Sequence).Single();
    }

    private static Receipt ReadReceipt(SqliteDataReader row) => StoredDocument.Read(row.GetString(0), "receipt", ReceiptJson.Read);
}
