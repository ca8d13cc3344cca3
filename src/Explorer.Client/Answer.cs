using System.Net;
using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Client;

/// <summary>What came back, as bytes: bounded, and believed in nothing.</summary>
internal sealed record Answer(HttpStatusCode Status, ReadOnlyMemory<byte> Body, DateTimeOffset? Date)
{
    /// <summary>The largest answer that is read, in bytes.</summary>
    public const int SizeMax = 16 << 20;

    /// <summary>True for the answers that mean yes.</summary>
    public bool Succeeded => Status is HttpStatusCode.OK or HttpStatusCode.Created;

    /// <summary>The answer as JSON; null when it is none.</summary>
    public JsonElement? Parse()
    {
        try
        {
            // A list of documents nests deeper than one document.
            return StrictJson.Parse(Body, "answer", SizeMax, StrictJson.DepthMax * 2);
        }
        catch (FaultException)
        {
            return null;
        }
    }

    /// <summary>The fault that a problem answer carries; null when there is none that reads.</summary>
    public Fault? ReadFault()
    {
        var problems = new List<Problem>();
        var fault = Parse() is { ValueKind: JsonValueKind.Object } root
            && root.TryGetProperty("fault", out var element)
            && JsonForm.Open(element, "/fault", problems) is { } form
                ? form.Close(FaultJson.Read(form))
                : null;
        return problems.Count == 0 ? fault : null;
    }
}
