using System.CommandLine;
using Provision.Cli.Output;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Cli.Receipts;

/// <summary><c>receipt verify</c>: checks a chain of receipts, from a file without any network, or all that a node ever gave out.</summary>
internal static class VerifyReceipts
{
    public static Command Build(VerbMaker verbs)
    {
        var file = new Argument<string?>("FILE")
        {
            Description = "Receipts as JSON, an array or {\"receipts\": […]}; - is standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var node = new Option<string?>("--node") { Description = "Download and check all receipts of this node instead.", HelpName = "ID" };
        var command = new Command("verify", "Check that receipts are signed, and that none was changed, taken out or put in.")
        {
            file,
            node,
        };
        return verbs.Bind(command, async (session, ct) =>
        {
            var chain = (session.Value(file), session.Value(node)) switch
            {
                ({ } path, null) => ReceiptChain.Empty.Add(await ReceiptFile.ReadAsync(path, ct)),
                (null, { } id) => await DownloadAsync(session, id, ct),
                _ => throw new FaultException(
                    FaultCode.Invalid, "One source of receipts is needed", "Give either FILE, or - for standard input, or --node ID."),
            };
            Show(session.Screen, chain);
            return chain.Broken is null ? ExitCodes.Success : ExitCodes.CheckFailed;
        });
    }

    private static async Task<ReceiptChain> DownloadAsync(Session session, string nodeText, CancellationToken ct)
    {
        if (!NodeId.TryParse(nodeText, out var node))
        {
            throw new FaultException(FaultCode.Invalid, $"\"{nodeText}\" is not a node", "Give an id as 'provision node list' shows it.");
        }

        for (var (chain, after) = (ReceiptChain.Empty, 0L); ; after = chain.Last)
        {
            var page = await session.AskAsync((explorer, token) => explorer.ListReceiptsAsync(node, after, token), ct);
            chain = chain.Add(page);
            if (chain is { Node: { } signer } && signer != node)
            {
                chain = chain with { Broken = new BrokenLink(chain.First, $"is by node {signer}, not by {node}") };
            }

            if (page.Count == 0 || chain.Broken is not null)
            {
                return chain;
            }
        }
    }

    private static void Show(Screen screen, ReceiptChain chain) => screen.Show(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("node_id", chain.Node?.ToString());
            writer.WriteNumber("checked", chain.Checked);
            writer.WriteNumber("first", chain.First);
            writer.WriteNumber("last", chain.Last);
            if (chain.Broken is { } broken)
            {
                writer.WriteStartObject("broken");
                writer.WriteNumber("sequence", broken.Sequence);
                writer.WriteString("reason", broken.Reason);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        },
        () =>
        {
            if (chain.Checked > 0)
            {
                var range = $"{chain.First} to {chain.Last}";
                screen.Line($"node {chain.Node}: {chain.Checked} receipts hold, {range}: signatures, numbering, hashes");
            }

            screen.Line(
                chain.Broken is { } broken ? $"broken at receipt {broken.Sequence}: it {broken.Reason}"
                : chain.Checked == 0 ? "no receipts: nothing was checked"
                : chain.First == 1 ? "the chain is whole from its beginning"
                : $"the chain is whole; what came before receipt {chain.First} was not there to check");
        });
}
