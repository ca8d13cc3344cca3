using System.CommandLine;
using Provision.Cli.Output;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Cli.Reservations;

/// <summary><c>reservation list</c>: yours, unless you ask for others.</summary>
internal static class ListReservations
{
    private const int DataMax = 60;

    public static Command Build(VerbMaker verbs)
    {
        var user = new Option<string?>("--user")
        {
            Description = "Whose reservations; yours when neither this nor --node is given.",
            HelpName = "ID",
        };
        var node = new Option<string?>("--node") { Description = "Only those on this node, whoever's they are.", HelpName = "ID" };
        var command = new Command("list", "List reservations.") { user, node };
        return verbs.Bind(command, async (session, ct) =>
        {
            var ofUser = Read<UserId>(session.Value(user), UserId.TryParse, "--user");
            var onNode = Read<NodeId>(session.Value(node), NodeId.TryParse, "--node");
            if (ofUser is null && onNode is null)
            {
                ofUser = new UserId(session.LoadIdentity().PublicKey);
            }

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

    private static T? Read<T>(string? text, Parser<T> parse, string option)
        where T : struct
    {
        if (text is null)
        {
            return null;
        }

        return parse(text, out var id)
            ? id
            : throw new FaultException(
                FaultCode.Invalid, $"{option} \"{text}\" is not an id", $"Give the base58 text of a public key of {PublicKey.Size} bytes.");
    }
}
