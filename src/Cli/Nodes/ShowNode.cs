using System.CommandLine;
using System.Globalization;
using Provision.Cli.Output;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;

namespace Provision.Cli.Nodes;

/// <summary><c>node show</c>: what a node signed about itself, checked.</summary>
internal static class ShowNode
{
    public static Command Build(VerbMaker verbs)
    {
        var id = new Argument<string>("NODE_ID") { Description = "The node, as 'provision node list' shows it." };
        var command = new Command("show", "Show what a node offers and to whom, as it signed it.") { id };
        return verbs.Bind(command, async (session, ct) =>
        {
            var text = session.Value(id)!;
            if (!NodeId.TryParse(text, out var node))
            {
                throw new FaultException(FaultCode.Invalid, $"\"{text}\" is no id of a node", "Give one that 'provision node list' shows.");
            }

            var registration = await session.AskAsync((explorer, token) => explorer.FindNodeAsync(node, token), ct);
            session.Screen.Show(registration.Write, () => session.Screen.Facts(Describe(registration)));
            return ExitCodes.Success;
        });
    }

    private static List<(string Name, string Value)> Describe(NodeRegistration node)
    {
        List<(string, string)> facts =
        [
            ("node", node.Node.ToString()),
            ("farm", $"{node.Farm}, as the node says"),
            ("kinds", node.Kinds.Length > 0 ? node.Kinds : "none now"),
        ];
        if (node.Offer is { } offer)
        {
            facts.Add(("users", offer.AllUsers ? "all" : "chosen by the farmer"));
            facts.Add(("offered", Describe(offer.Offered)));
            facts.Add(("machine", Describe(offer.Machine)));
        }

        facts.Add(("registered", $"{Screen.Moment(node.Created)}, signature verified"));
        return facts;
    }

    private static string Describe(ResourceUnits units) => string.Create(
        CultureInfo.InvariantCulture,
        $"{units.Cru} CRU (cores), {units.Mru} MRU (GiB of memory), "
        + $"{units.Sru} SRU (GiB of flash), {units.Hru} HRU (GiB of spinning disk)");
}
