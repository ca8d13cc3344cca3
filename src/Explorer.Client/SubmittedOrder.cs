using Provision.Reservations;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Client;

/// <summary>What an explorer says to an order.</summary>
/// <param name="Digest">The digest of the order that was sent.</param>
/// <param name="Id">The alias of the reservation that it is, or is about.</param>
/// <param name="Created">False: the explorer had the same order before.</param>
public sealed record SubmittedOrder(Digest Digest, ReservationId Id, bool Created)
{
    internal static SubmittedOrder? Read(JsonForm form)
    {
        var id = form.Parsed<ReservationId>("id", ReservationId.TryParse, "an id of the form N-M");
        var digest = form.Parsed<Digest>("digest", Digest.TryParse, "a digest");
        var created = form.Flag("created", required: true);
        return id is null || digest is null || created is null ? null : new SubmittedOrder(digest.Value, id.Value, created.Value);
    }
}
