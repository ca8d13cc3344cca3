using System.CommandLine;
using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Workloads;

namespace Provision.Cli.Reservations;

/// <summary><c>reservation cancel</c>: ends a lease early.</summary>
internal static class CancelReservation
{
    public static Command Build(VerbMaker verbs)
    {
        var id = Lookup.Argument();
        var keepData = new Option<bool>("--keep-data")
        {
            Description = "Keep a volume's data for the node's grace period, not destroy it at once.",
        };
        var force = new Option<bool>("--force") { Description = "Also when other reservations of yours build on it and end with it." };
        var follow = new FollowOptions("deleted, or over where data is kept");
        var command = new Command("cancel", "End a lease early; the workload and its data are destroyed.") { id, keepData, force };
        follow.AddTo(command);
        return verbs.Bind(command, async (session, ct) =>
        {
            var keep = session.Value(keepData);
            var (view, order) = await Sequel.SendAsync(session, session.Value(id)!, async (found, counter) =>
            {
                if (Earlier(found, keep) is { } earlier)
                {
                    return earlier;
                }

                RequireKept(found, keep);
                if (!session.Value(force))
                {
                    await Dependents.RequireNoneAsync(session, found, ct);
                }

                return new Cancel
                {
                    Reservation = found.Digest,
                    User = found.Orders.Reservation.User,
                    Counter = counter,
                    Created = session.Time.GetUtcNow(),
                    KeepData = keep,
                };
            }, again: true, ct);
            session.Screen.Show(
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("id", view.Id.ToString());
                    writer.WriteString("digest", view.Digest.ToString());
                    writer.WriteBoolean("cancelled", true);
                    writer.WriteBoolean("keep_data", keep);
                    writer.WriteEndObject();
                },
                () => session.Screen.Line(
                    $"{view.Id} {Verb(view, order)}{(keep ? "; its data is kept for the node's grace period" : "")}"));
            return await follow.RunAsync(session, view.Digest, keep ? Goal.Over : Goal.Deleted, ct);
        });
    }

    private static void RequireKept(ReservationView view, bool keep)
    {
        var kind = view.Orders.Reservation.Kind;
        if (keep && WorkloadCatalog.Find(kind) is { KeepsData: false })
        {
            throw new FaultException(
                FaultCode.Invalid,
                $"--keep-data has no meaning for {view.Id}: a {kind} keeps nothing",
                "Leave it out; what a container shall leave behind belongs in a volume.");
        }
    }

    private static string Verb(ReservationView view, FollowUp order) =>
        view.Orders.FollowUps.Contains(order) ? "was cancelled before" : "is cancelled";

    // Cancelling twice is no mistake: whoever was not sure that the first one arrived tries again.
    private static Cancel? Earlier(ReservationView view, bool keepData) =>
        view.Orders.FollowUps.OfType<Cancel>().LastOrDefault() is { } last && last.KeepData == keepData ? last : null;
}
