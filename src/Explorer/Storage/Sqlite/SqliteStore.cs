using Microsoft.Data.Sqlite;
using Provision.Reservations.Faults;
using SQLitePCL;

namespace Provision.Explorer.Storage.Sqlite;

/// <summary>
/// A store in one SQLite file. One connection writes, one transaction after the other, with a flush at each commit; readers have
/// connections of their own and see the last commit (write-ahead log). Documents are kept verbatim as canonical JSON.
/// </summary>
public sealed partial class SqliteStore : IStore, IDisposable
{
    private const int BusyMillisecondsMax = 5000;

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly string path;
    private readonly SqliteConnection writer;
    private readonly Readers readers;

    private SqliteStore(string path, SqliteConnection writer)
    {
        this.path = path;
        this.writer = writer;
        readers = new Readers(path);
        Epoch = writer.Query("select epoch from life", row => row.GetString(0)).Single();
    }

    /// <inheritdoc/>
    public string Epoch { get; }

    /// <summary>Opens the database at this path; makes it when there is none.</summary>
    /// <exception cref="FaultException">It is not a database, is damaged, belongs to a newer program, or the disk refuses.</exception>
    public static SqliteStore Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            return Guard(path, () =>
            {
                connection.Open();
                connection.Execute($"pragma busy_timeout = {BusyMillisecondsMax}");
                connection.Execute("pragma journal_mode = wal");
                connection.Execute("pragma synchronous = full");
                connection.Execute("pragma foreign_keys = on");
                Schema.Migrate(connection);
                return new SqliteStore(path, connection);
            });
        }
        catch (FaultException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        readers.Dispose();
        writer.Dispose();
        turn.Dispose();
    }

    private Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(Guard(path, () => readers.Read(connection =>
        {
            // A snapshot: what several statements read belongs together.
            using var transaction = connection.BeginTransaction(deferred: true);
            return read(connection);
        })));
    }

    private Task<T> WriteAsync<T>(Func<SqliteConnection, T> write, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return WriteAsync(write);
    }

    // From here on it is done or it is not: a caller who leaves cannot tear a transaction.
    private async Task<T> WriteAsync<T>(Func<SqliteConnection, T> write)
    {
        await turn.WaitAsync();
        try
        {
            return Guard(path, () =>
            {
                using var transaction = writer.BeginTransaction(deferred: false);
                var result = write(writer);
                transaction.Commit();
                return result;
            });
        }
        finally
        {
            turn.Release();
        }
    }

    private static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.DataLoss,
                    $"The database {path} is damaged: {e.Message}",
                    "Stop the explorer and restore the database from a backup."), e);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_BUSY or raw.SQLITE_LOCKED
            or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Unavailable,
                    $"The database {path} cannot be used now: {e.Message}",
                    "Check the free space and the health of its disk."), e);
        }
    }
}
