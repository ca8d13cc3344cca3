using System.CommandLine;
using Provision.Cli.Output;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Cli.Reservations;

/// <summary><c>reservation list</c>: yours, or a node's when it is the node that asks.</summary>
internal static class ListReservations
{
    private const int DataMax = 60;

    public static Command Build(VerbMaker verbs)
    {
        var node = new Option<string?>("--node")
        {
            Description = "Only those on this node; all that are on it when --identity is the node's own.",
            HelpName = "ID",
        };
        var command = new Command("list", "List your reservations.") { node };
        return verbs.Bind(command, async (session, ct) =>
        {
            var onNode = ReadNode(session.Value(node));
            var self = session.LoadIdentity().PublicKey;
            UserId? ofUser = onNode?.Key == self ? null : new UserId(self);
            var views = await session.AskAsync((explorer, token) => explorer.ListReservationsAsync(ofUser, onNode, token), ct);
            session.Screen.Show(
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteStartArray("reservations");
                    foreach (var view in views)
                    {
                        Report.Write(writer, view);
                    }

                    writer.WriteEndArray();
                    writer.WriteEndObject();
                },
                () => session.Screen.Table(
                    ["ID", "KIND", "STATUS", "ENDS", "NODE", "DATA"],
                    views.Select(view => (string[])
                    [
                        view.Id.ToString(),
                        view.Orders.Reservation.Kind,
                        view.Status,
                        Screen.Moment(view.Expires),
                        view.Orders.Reservation.Node.ToString(),
                        Shorten(view.Orders.Reservation.Data.Text),
                    ])));
            return ExitCodes.Success;
        });
    }

    // The whole of it is in show and in --json.
    private static string Shorten(string text) => text.Length <= DataMax ? text : text[..DataMax] + "…";

    private static NodeId? ReadNode(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return NodeId.TryParse(text, out var id)
            ? id
            : throw new FaultException(
                FaultCode.Invalid, $"--node \"{text}\" is not an id", $"Give the base58 text of a public key of {PublicKey.Size} bytes.");
    }
}
