using Microsoft.Data.Sqlite;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<StoredReservation?> FindReservationAsync(Digest digest, CancellationToken ct) =>
        ReadAsync(connection => Select(connection, "digest = $digest", "number", ("$digest", digest.ToString())).SingleOrDefault(), ct);

    /// <inheritdoc/>
    public Task<StoredReservation?> FindReservationAsync(ReservationId id, CancellationToken ct) =>
        id.Workload == 1 && id.Reservation <= long.MaxValue
            ? ReadAsync(
                connection => Select(connection, "number = $number", "number", ("$number", (long)id.Reservation)).SingleOrDefault(), ct)
            : Task.FromResult<StoredReservation?>(null);

    /// <inheritdoc/>
    public Task<StoredReservation?> FindReservationAsync(UserId user, string nonce, CancellationToken ct) =>
        ReadAsync(connection => SelectByNonce(connection, user, nonce), ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredReservation>> ListReservationsAsync(
        UserId? user, NodeId? node, ulong after, int countMax, CancellationToken ct) =>
        ReadAsync<IReadOnlyList<StoredReservation>>(
            connection => Select(
                connection,
                $"number > $after {(user is null ? "" : "and user = $user")} {(node is null ? "" : "and node = $node")} "
                    + "order by number limit $limit",
                "number",
                ("$after", (long)Math.Min(after, long.MaxValue)),
                ("$user", user?.ToString() ?? ""),
                ("$node", node?.ToString() ?? ""),
                ("$limit", countMax)),
            ct);

    /// <inheritdoc/>
    public Task<(StoredReservation Stored, bool Added)> AddReservationAsync(
        Verified<Reservation> order, CancellationToken ct) => WriteAsync(
        connection =>
        {
            var reservation = order.Order;
            if (SelectByNonce(connection, reservation.User, reservation.Nonce) is { } earlier)
            {
                return (earlier, false);
            }

            var change = NextChange(connection, reservation.Node);
            var number = connection.Query(
                """
                insert into reservations (digest, user, nonce, node, change, document)
                values ($digest, $user, $nonce, $node, $change, $document) returning number
                """,
                row => row.GetInt64(0),
                ("$digest", order.Digest.ToString()),
                ("$user", reservation.User.ToString()),
                ("$nonce", reservation.Nonce),
                ("$node", reservation.Node.ToString()),
                ("$change", change),
                ("$document", OrderJson.Write(reservation).Text)).Single();
            var content = new FeedReservation(new ReservationId((ulong)number, 1), reservation, []);
            return (new StoredReservation(order.Digest, change, content), true);
        },
        ct);

    /// <inheritdoc/>
    public Task<bool> AddFollowUpAsync(Verified<FollowUp> order, int position, CancellationToken ct) => WriteAsync(
        connection =>
        {
            var stored = Select(
                connection, "digest = $digest", "number", ("$digest", order.Order.Reservation.ToString())).SingleOrDefault();
            if (stored is null || stored.Content.FollowUps.Count != position - 1)
            {
                return false;
            }

            var number = ("$number", (object)(long)stored.Content.Id.Reservation);
            connection.Execute(
                "insert into follow_ups (reservation, position, document) values ($number, $position, $document)",
                number,
                ("$position", position),
                ("$document", OrderJson.Write(order.Order).Text));
            connection.Execute(
                "update reservations set change = $change where number = $number",
                number,
                ("$change", NextChange(connection, stored.Content.Reservation.Node)));
            return true;
        },
        ct);

    /// <inheritdoc/>
    public Task<Changes> ReadChangesAsync(NodeId node, long after, int countMax, int sizeMax, CancellationToken ct) => ReadAsync(
        connection =>
        {
            var name = ("$node", (object)node.ToString());
            var last = connection.Query("select last from feeds where node = $node", row => row.GetInt64(0), name).SingleOrDefault();
            var changed = new List<StoredReservation>();
            var unreadable = new List<(long Change, Fault Fault)>();
            foreach (var rows in SelectRows(
                connection,
                """
                node = $node and change > $after and change <= (
                    select max(change)
                    from (
                        select change, row_number() over first as place, sum(size) over first as total
                        from (
                            select change, octet_length(document) + coalesce(
                                (select sum(octet_length(f.document)) from follow_ups f where f.reservation = number), 0) as size
                            from reservations where node = $node and change > $after order by change limit $limit)
                        window first as (order by change rows unbounded preceding))
                    where place = 1 or total <= $size)
                """,
                "change",
                name,
                ("$after", after),
                ("$limit", countMax),
                ("$size", sizeMax)))
            {
                try
                {
                    changed.Add(Read(rows));
                }
                catch (FaultException e) when (e.Fault.Code == FaultCode.DataLoss)
                {
                    unreadable.Add((rows[0].Change, e.Fault));
                }
            }

            return new Changes(last, changed, unreadable);
        },
        ct);

    private static long NextChange(SqliteConnection connection, NodeId node) => connection.Query(
        "insert into feeds (node, last) values ($node, 1) on conflict (node) do update set last = last + 1 returning last",
        row => row.GetInt64(0),
        ("$node", node.ToString())).Single();

    private static StoredReservation? SelectByNonce(SqliteConnection connection, UserId user, string nonce) =>
        Select(connection, "user = $user and nonce = $nonce", "number", ("$user", user.ToString()), ("$nonce", nonce)).SingleOrDefault();

    private static List<StoredReservation> Select(
        SqliteConnection connection, string filter, string order, params ReadOnlySpan<(string Name, object Value)> parameters) =>
        [.. SelectRows(connection, filter, order, parameters).Select(Read)];

    private static IEnumerable<IReadOnlyList<Row>> SelectRows(
        SqliteConnection connection, string filter, string order, params ReadOnlySpan<(string Name, object Value)> parameters) =>
        connection.Query(
            $"""
            select r.number, r.digest, r.change, r.document, f.document
            from (select * from reservations where {filter}) r left join follow_ups f on f.reservation = r.number
            order by r.{order}, f.position
            """,
            row => new Row(
                row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4)),
            parameters).GroupBy(row => row.Number).Select(rows => rows.ToList());

    private static StoredReservation Read(IReadOnlyList<Row> rows)
    {
        var id = new ReservationId((ulong)rows[0].Number, 1);
        var followUps = rows.Where(row => row.FollowUp is not null).Select(row => StoredDocument.Read<FollowUp>(row.FollowUp!, id));
        var content = new FeedReservation(id, StoredDocument.Read<Reservation>(rows[0].Document, id), [.. followUps]);
        return new StoredReservation(StoredDocument.ReadDigest(rows[0].Digest), rows[0].Change, content);
    }

    /// <summary>A reservation with one of its follow-ups, or with none.</summary>
    private sealed record Row(long Number, string Digest, long Change, string Document, string? FollowUp);
}
