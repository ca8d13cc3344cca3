using System.CommandLine;
using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Cli.Reservations;

/// <summary>Finds a reservation, and believes of the answer only what is signed.</summary>
internal static class Lookup
{
    /// <summary>The argument that names a reservation.</summary>
    public static Argument<string> Argument() => new("ID") { Description = "The reservation: its id N-M, or its digest." };

    /// <summary>The reservation with all that followed, every signature checked.</summary>
    /// <exception cref="FaultException"><c>NotFound</c>; <c>BadSignature</c>: the explorer shows what nobody signed.</exception>
    public static Task<ReservationView> FindAsync(Session session, string id, CancellationToken ct) =>
        FindAsync(session, id, TimeSpan.MaxValue, ct);

    /// <summary>The same, within a limited time.</summary>
    public static async Task<ReservationView> FindAsync(Session session, string id, TimeSpan limit, CancellationToken ct)
    {
        var view = await FindUncheckedAsync(session, id, limit, ct);
        return Evidence.Of(view).FirstOrDefault(finding => finding.Fault is not null) is { Fault: { } fault }
            ? throw new FaultException(fault)
            : view;
    }

    /// <summary>The reservation as the explorer tells it; who shows it checks it.</summary>
    public static async Task<ReservationView> FindUncheckedAsync(Session session, string id, TimeSpan limit, CancellationToken ct)
    {
        if (!Digest.TryParse(id, out _) && !ReservationId.TryParse(id, out _))
        {
            throw new FaultException(
                FaultCode.Invalid, $"\"{id}\" names no reservation", "Give an id of the form N-M, or a digest of 64 digits.");
        }

        return await session.AskAsync((explorer, token) => explorer.FindReservationAsync(id, token), limit, ct);
    }
}
