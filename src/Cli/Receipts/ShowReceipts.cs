using Provision.Reservations.Faults;
using System.CommandLine;
using Provision.Cli.Reservations;
using Provision.Reservations.Wire;

namespace Provision.Cli.Receipts;

/// <summary><c>receipt show</c>: what the node signed about one reservation.</summary>
internal static class ShowReceipts
{
    public static Command Build(VerbMaker verbs)
    {
        var id = Lookup.Argument();
        var command = new Command("show", "Show the receipts about a reservation, and check their signatures.") { id };
        return verbs.Bind(command, async (session, ct) =>
        {
            var view = await Lookup.FindAsync(session, session.Value(id)!, ct);
            session.Screen.Show(
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteStartArray("receipts");
                    foreach (var receipt in view.Receipts)
                    {
                        ReceiptJson.Write(writer, receipt);
                    }

                    writer.WriteEndArray();
                    writer.WriteEndObject();
                },
                () =>
                {
                    session.Screen.Line($"node {view.Orders.Reservation.Node} about reservation {view.Id} ({view.Digest.Short})");
                    Report.PrintReceipts(session.Screen, view.Receipts, [.. Evidence.Of(view).Skip(1 + view.Orders.FollowUps.Count)]);
                });
            return ExitCodes.Success;
        });
    }
}
