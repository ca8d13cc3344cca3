using Microsoft.Data.Sqlite;
using Provision.Reservations;
using Provision.Reservations.Registration;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task SaveNodeAsync(NodeRegistration node, CancellationToken ct) =>
        SaveAsync("nodes", node.Node.ToString(), node.Created, CanonicalJson.Build(node.Write), ct);

    /// <inheritdoc/>
    public Task<NodeRegistration?> FindNodeAsync(NodeId node, CancellationToken ct) => ReadAsync(
        connection => connection.Query("select document from nodes where id = $id", ReadNode, ("$id", node.ToString())).SingleOrDefault(),
        ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NodeRegistration>> ListNodesAsync(string after, int countMax, CancellationToken ct) =>
        ListAsync("nodes", ReadNode, after, countMax, ct);

    /// <inheritdoc/>
    public Task SaveFarmAsync(FarmRegistration farm, CancellationToken ct) =>
        SaveAsync("farms", farm.Farm.ToString(), farm.Created, CanonicalJson.Build(farm.Write), ct);

    /// <inheritdoc/>
    public Task<IReadOnlyList<FarmRegistration>> ListFarmsAsync(string after, int countMax, CancellationToken ct) =>
        ListAsync("farms", row => StoredDocument.Read(row.GetString(0), "farm", FarmRegistration.Read), after, countMax, ct);

    private static NodeRegistration ReadNode(SqliteDataReader row) => StoredDocument.Read(row.GetString(0), "node", NodeRegistration.Read);

    private Task<int> SaveAsync(
        string table, string id, DateTimeOffset created, CanonicalJson document, CancellationToken ct) => WriteAsync(
        connection => connection.Execute(
            $"""
            insert into {table} (id, created, document) values ($id, $created, $document)
            on conflict (id) do update set created = excluded.created, document = excluded.document where excluded.created > created
            """,
            ("$id", id),
            ("$created", created.UtcTicks),
            ("$document", document.Text)),
        ct);

    private Task<IReadOnlyList<T>> ListAsync<T>(
        string table, Func<SqliteDataReader, T> read, string after, int countMax, CancellationToken ct) =>
        ReadAsync<IReadOnlyList<T>>(
            connection => connection.Query(
                $"select document from {table} where id > $after order by id limit $limit", read, ("$after", after), ("$limit", countMax)),
            ct);
}
