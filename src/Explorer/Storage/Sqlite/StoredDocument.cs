using System.Text.Json;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Storage.Sqlite;

/// <summary>Reads what was written here before: what does not read is lost data, not a bad request.</summary>
internal static class StoredDocument
{
    private const string Remedy = "Stop the explorer and restore the database from a backup.";

    /// <summary>An order of this sort, of the reservation with this alias.</summary>
    public static T Read<T>(string json, ReservationId id)
        where T : Order =>
        Read(json, $"reservation {id}", form => OrderJson.Read(form)) as T ?? throw Lost($"reservation {id}", null);

    /// <summary>A document, read by <paramref name="read"/>.</summary>
    public static T Read<T>(string json, string what, Func<JsonElement, T> read)
    {
        try
        {
            return read(JsonElement.Parse(json));
        }
        catch (FaultException e)
        {
            throw Lost(what, e);
        }
        catch (JsonException e)
        {
            throw Lost(what, e);
        }
    }

    /// <summary>A digest.</summary>
    public static Digest ReadDigest(string text) => Digest.TryParse(text, out var digest) ? digest : throw Lost($"digest \"{text}\"", null);

    private static FaultException Lost(string what, Exception? e) =>
        new(new Fault(FaultCode.DataLoss, $"The {what} in the database cannot be read", Remedy, (e as FaultException)?.Fault), e);
}
