using System.Text.Json;
using Provision.Explorer.Client;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Workloads;

namespace Provision.Cli.Reservations;

/// <summary>The reservations that build on another one: their node ends them together with it.</summary>
internal static class Dependents
{
    private const int ShownMax = 20;

    // The explorer's words for what ends anyway; a word that we do not know is not one of them.
    private static readonly string[] Over = ["error", "refused", "expired", "cancelling", "deleted"];

    /// <summary>Returns when no open reservation of the same user names this one.</summary>
    /// <exception cref="FaultException"><c>Conflict</c>: which ones do.</exception>
    public static async Task RequireNoneAsync(Session session, ReservationView view, CancellationToken ct)
    {
        var order = view.Orders.Reservation;
        if (WorkloadCatalog.Find(order.Kind) is not IProvidesVolume)
        {
            return;
        }

        var others = await session.AskAsync((explorer, token) => explorer.ListReservationsAsync(order.User, order.Node, token), ct);
        var found = others.Where(other => IsOpen(other, order) && Names(other, view)).Select(other => other.Id.ToString()).ToList();
        if (found.Count > 0)
        {
            throw new FaultException(
                FaultCode.Conflict,
                $"{(found.Count == 1 ? "A reservation builds" : $"{found.Count} reservations build")} on {view.Id} and would end with it: "
                + string.Join(", ", found.Take(ShownMax)) + (found.Count > ShownMax ? ", …" : ""),
                "Nothing was sent. Cancel these first, or end all of them together with --force.");
        }
    }

    // An explorer may show orders that nobody signed; they keep nobody from a cancel.
    private static bool IsOpen(ReservationView other, Reservation order) =>
        !Over.Contains(other.Status) && other.Orders.Reservation.User == order.User && other.Orders.Reservation.Node == order.Node
        && Evidence.Holds(other);

    private static bool Names(ReservationView other, ReservationView view) =>
        WorkloadCatalog.Find(other.Orders.Reservation.Kind) is { } module
        && VolumesIn(other.Orders.Reservation.Data.ToElement(), module.Fields)
            .Any(text => text == view.Digest.ToString() || text == view.Id.ToString());

    private static IEnumerable<string?> VolumesIn(JsonElement data, IEnumerable<Field> fields) => fields.SelectMany(field =>
        Find(data, field.Name) is not { } value ? []
        : field.Type == FieldType.Volume && value.ValueKind == JsonValueKind.String ? [value.GetString()]
        : field.Type == FieldType.List && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().SelectMany(item => VolumesIn(item, field.Members))
        : Enumerable.Empty<string?>());

    private static JsonElement? Find(JsonElement data, string path)
    {
        JsonElement? found = data;
        foreach (var name in path.Split('/'))
        {
            found = found is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var value) ? value : null;
        }

        return found;
    }
}
