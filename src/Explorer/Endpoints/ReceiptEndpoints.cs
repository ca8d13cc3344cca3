using System.Text.Json;
using Provision.Explorer.Feed;
using Provision.Provisioning.Sources;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Endpoints;

/// <summary>Receipts in, and out again for whoever checks a chain.</summary>
internal static class ReceiptEndpoints
{
    /// <summary>The most receipts in one request.</summary>
    public const int CountMax = 100;

    // So that a hundred answers stay far below the size of a page.
    private const int ProblemsMax = 10;

    /// <summary><c>POST /nodes/{node}/receipts</c>, <c>GET /nodes/{node}/receipts?after=…</c>.</summary>
    public static void MapReceipts(this IEndpointRouteBuilder routes, ExplorerCore core)
    {
        routes.MapPost("/nodes/{node}/receipts", async context =>
        {
            var node = context.PathId<NodeId>("node", NodeId.TryParse);
            var sent = StrictJson.Read(await context.ReadJsonAsync("list of receipts"), "list of receipts", form =>
                form.List("receipts", CountMax, (element, _, _) => ReceivedReceipt.Read(element)));
            var answers = new Queue<ReceiptAnswer>(await core.AcceptReceiptsAsync(
                node, [.. sent.Select(received => received.Receipt).OfType<Receipt>()], context.RequestAborted));
            await context.AnswerWholeListAsync(
                "answers",
                sent.Select(received => received.Fault is null ? answers.Dequeue() : new ReceiptAnswer(received.Sequence, received.Fault)),
                Write);
        });
        routes.MapGet("/nodes/{node}/receipts", async context => await context.AnswerListAsync(
            "receipts",
            core.ReadReceiptsAsync(context.PathId<NodeId>("node", NodeId.TryParse), context.Number("after"), context.RequestAborted),
            ReceiptJson.Write));
    }

    private static void Write(Utf8JsonWriter writer, ReceiptAnswer answer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("sequence", answer.Sequence);
        if (answer.Fault is null)
        {
            writer.WriteNull("fault");
        }
        else
        {
            writer.WritePropertyName("fault");
            FaultJson.Write(writer, answer.Fault);
        }

        writer.WriteEndObject();
    }

    /// <summary>A receipt as it came: one that does not read does not spoil the others.</summary>
    private sealed record ReceivedReceipt(long Sequence, Receipt? Receipt, Fault? Fault)
    {
        public static ReceivedReceipt Read(JsonElement element)
        {
            try
            {
                var receipt = ReceiptJson.Read(element);
                return new ReceivedReceipt(receipt.Sequence, receipt, null);
            }
            catch (FaultException e)
            {
                var said = element.ValueKind == JsonValueKind.Object && element.TryGetProperty("sequence", out var value)
                    && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var sequence) ? sequence : 0;
                return new ReceivedReceipt(said, null, e.Fault.Shorten(ProblemsMax));
            }
        }
    }
}
