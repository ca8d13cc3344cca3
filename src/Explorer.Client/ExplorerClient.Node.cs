using System.Globalization;
using System.Text;
using System.Text.Json;
using Provision.Provisioning.Sources;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Registration;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Client;

public sealed partial class ExplorerClient : IExplorer
{
    private const int ReceiptsMax = 100;

    // Below the 1 MiB that an explorer reads, with room for the frame around the receipts.
    private const int ReceiptsSizeMax = 900_000;

    /// <inheritdoc/>
    public async Task<FeedPage> PollAsync(NodeId node, FeedCursor after, TimeSpan wait, CancellationToken ct)
    {
        var route = string.Create(
            CultureInfo.InvariantCulture,
            $"{Api}/nodes/{node}/feed?epoch={Uri.EscapeDataString(after.Epoch)}&after={after.Sequence}&wait={wait.TotalSeconds:0.###}");
        return await exchange.GetDocumentAsync(route, FeedPage.Read, ct, wait);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ReceiptAnswer>> SendAsync(NodeId node, IReadOnlyList<Receipt> receipts, CancellationToken ct)
    {
        var answers = new List<ReceiptAnswer>(receipts.Count);
        foreach (var batch in Batches([.. receipts.Select(ReceiptJson.Write)]))
        {
            var answer = await exchange.PostAsync(
                $"{Api}/nodes/{node}/receipts",
                CanonicalJson.Of($$"""{"receipts":[{{string.Join(',', batch)}}]}"""),
                form => form.List("answers", ReceiptsMax, ReadAnswer),
                ct);
            var asked = receipts.Skip(answers.Count).Take(batch.Count).Select(receipt => receipt.Sequence);
            if (!asked.SequenceEqual(answer.Select(one => one.Sequence)))
            {
                throw new FaultException(
                    FaultCode.Unavailable,
                    $"The explorer at {http.BaseAddress} did not answer the receipts that were sent",
                    "Ask its operator.");
            }

            answers.AddRange(answer);
        }

        return answers;
    }

    /// <inheritdoc/>
    public Task RegisterAsync(NodeRegistration registration, CancellationToken ct) => exchange.PostAsync(
        $"{Api}/nodes", CanonicalJson.Build(registration.Write), form => form.Text("node_id"), ct);

    private static IEnumerable<List<CanonicalJson>> Batches(IReadOnlyList<CanonicalJson> receipts)
    {
        var batch = new List<CanonicalJson>();
        var size = 0;
        foreach (var receipt in receipts)
        {
            var more = Encoding.UTF8.GetByteCount(receipt.Text);
            if (batch.Count > 0 && (batch.Count == ReceiptsMax || size + more > ReceiptsSizeMax))
            {
                yield return batch;
                batch = [];
                size = 0;
            }

            batch.Add(receipt);
            size += more;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private static ReceiptAnswer? ReadAnswer(JsonElement element, string pointer, ICollection<Problem> problems)
    {
        if (JsonForm.Open(element, pointer, problems) is not { } form)
        {
            return null;
        }

        var sequence = form.Int64("sequence");
        if (form.Raw("fault") is not { } fault || sequence is null)
        {
            return form.Close<ReceiptAnswer>(null);
        }

        var why = fault.Text == "null" ? null : form.Object("fault") is { } inner ? inner.Close(FaultJson.Read(inner)) : null;
        return form.Close(new ReceiptAnswer(sequence.Value, why));
    }
}
