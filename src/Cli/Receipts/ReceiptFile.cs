using System.Text.Json;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Cli.Receipts;

/// <summary>Receipts in a file: an array, or an object that has one under <c>receipts</c>, as other verbs print it.</summary>
internal static class ReceiptFile
{
    // A receipt is read as strictly as everywhere; only the file around it may be larger than one document.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = StrictJson.DepthMax + 2, AllowDuplicateProperties = false };

    /// <summary>The receipts of this file; <c>-</c> is standard input.</summary>
    /// <exception cref="FaultException">The file is missing, or not receipts.</exception>
    public static async Task<IReadOnlyList<Receipt>> ReadAsync(string path, CancellationToken ct)
    {
        try
        {
            await using var stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            using var document = await JsonDocument.ParseAsync(stream, Options, ct);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            const string Remedy = "Save receipts with 'provision receipt show ID --json'.";
            throw new FaultException(new Fault(FaultCode.Invalid, $"{path} is not JSON: {e.Message}", Remedy), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            const string Remedy = "Name a file of receipts, or - for standard input.";
            throw new FaultException(new Fault(FaultCode.NotFound, $"{path} cannot be read: {e.Message}", Remedy), e);
        }
    }

    /// <summary>The receipts in this value.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/>, with every problem of the first bad one.</exception>
    public static IReadOnlyList<Receipt> Read(JsonElement root)
    {
        var list = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("receipts", out var inner) ? inner : root;
        return list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(ReceiptJson.Read)]
            : throw new FaultException(Fault.Invalid(
                "These are no receipts",
                [new Problem("", "is no array and has no \"receipts\"", "give [receipt, …] or {\"receipts\": […]}")]));
    }
}
