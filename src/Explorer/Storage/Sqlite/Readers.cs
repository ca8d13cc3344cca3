using Microsoft.Data.Sqlite;

namespace Provision.Explorer.Storage.Sqlite;

/// <summary>
/// Connections that read one database, each in one hand at a time. Opening one for every question costs more than most questions. The
/// pool of Microsoft.Data.Sqlite can lend one connection to two threads at once (dotnet/efcore#39008): the second then fails to begin its
/// transaction, or reads in the middle of the first one's. It is off here.
/// </summary>
/// <param name="path">The database.</param>
internal sealed class Readers(string path) : IDisposable
{
    // Reading holds a thread to its end, so few are ever out at once; what a crowd needed beyond this is closed again.
    private const int IdleMax = 8;

    private readonly Lock gate = new();
    private readonly Stack<SqliteConnection> idle = [];
    private readonly string connectionString =
        new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString();

    private bool closed;

    /// <summary>Reads with a connection that nobody else has. After a failure it is closed: what state it is in, nobody knows.</summary>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        var connection = Take();
        var whole = false;
        try
        {
            var result = read(connection);
            whole = true;
            return result;
        }
        finally
        {
            if (!whole || !Keep(connection))
            {
                connection.Dispose();
            }
        }
    }

    /// <summary>Closes what nobody has in hand; the others are closed when they come back.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            while (idle.TryPop(out var connection))
            {
                connection.Dispose();
            }
        }
    }

    private SqliteConnection Take()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (idle.TryPop(out var kept))
            {
                return kept;
            }
        }

        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    private bool Keep(SqliteConnection connection)
    {
        lock (gate)
        {
            if (closed || idle.Count == IdleMax)
            {
                return false;
            }

            idle.Push(connection);
            return true;
        }
    }
}
