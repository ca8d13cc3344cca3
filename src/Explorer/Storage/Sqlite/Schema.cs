using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Provision.Reservations.Faults;

namespace Provision.Explorer.Storage.Sqlite;

/// <summary>
/// Brings a database to the schema that this program knows: the files of <c>Storage/Migrations</c>, in order, each once, never edited.
/// </summary>
internal static class Schema
{
    private const string Prefix = "Migrations/";
    private const int EpochDigits = 32;

    /// <summary>The schema that this program knows.</summary>
    public static int Newest => Files.Count;

    private static IReadOnlyList<string> Files { get; } =
    [
        .. typeof(Schema).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Applies what is missing, all or nothing.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Conflict"/>: the database was made by a newer program.</exception>
    public static void Migrate(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute("create table if not exists schema (version integer not null) strict");
        var version = connection.Query("select coalesce(max(version), 0) from schema", row => row.GetInt32(0)).Single();
        if (version > Newest)
        {
            throw new FaultException(
                FaultCode.Conflict,
                $"The database has schema {version}; this program knows schemas up to {Newest}",
                "Run the newer provision-explorer that wrote it, or restore a backup from before the upgrade.");
        }

        foreach (var file in Files.Skip(version))
        {
            connection.Execute(Read(file));
            connection.Execute("insert into schema (version) values ($version)", ("$version", NumberOf(file)));
        }

        if (version == 0)
        {
            connection.Execute(
                "insert into life (epoch) values ($epoch)", ("$epoch", RandomNumberGenerator.GetHexString(EpochDigits, lowercase: true)));
        }

        transaction.Commit();
    }

    private static int NumberOf(string file) => int.Parse(file.AsSpan(Prefix.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Read(string file)
    {
        using var reader = new StreamReader(typeof(Schema).Assembly.GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }
}
