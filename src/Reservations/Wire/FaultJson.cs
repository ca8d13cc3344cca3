using System.Text;
using System.Text.Json;
using Provision.Reservations.Faults;

namespace Provision.Reservations.Wire;

/// <summary>
/// Faults as JSON, in receipts, journals and HTTP answers alike: <c>code</c>, <c>what</c>, <c>remedy</c>, <c>problems</c>, <c>cause</c>.
/// </summary>
public static class FaultJson
{
    private const int ProblemsMax = 1000;
    private const int TextMax = 65536;

    /// <summary>Writes a fault.</summary>
    public static void Write(Utf8JsonWriter writer, Fault fault)
    {
        writer.WriteStartObject();
        writer.WriteString("code", CodeText(fault.Code));
        writer.WriteString("what", Unicode(fault.What));
        if (fault.Remedy is not null)
        {
            writer.WriteString("remedy", Unicode(fault.Remedy));
        }

        if (fault.Problems.Count > 0)
        {
            writer.WriteStartArray("problems");
            foreach (var problem in fault.Problems)
            {
                writer.WriteStartObject();
                writer.WriteString("pointer", Unicode(problem.Pointer));
                writer.WriteString("reason", Unicode(problem.Reason));
                writer.WriteString("remedy", Unicode(problem.Remedy));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        if (fault.Cause is not null)
        {
            writer.WritePropertyName("cause");
            Write(writer, fault.Cause);
        }

        writer.WriteEndObject();
    }

    /// <summary>Reads a fault.</summary>
    public static Fault? Read(JsonForm form)
    {
        var code = form.OneOf("code", [.. Enum.GetValues<FaultCode>().Select(CodeText)]);
        var what = form.Text("what", sizeMax: TextMax);
        var remedy = form.Text("remedy", required: false, TextMax);
        var found = form.List("problems", ProblemsMax, ReadProblem, required: false);
        var cause = form.Object("cause", required: false) is { } inner ? inner.Close(Read(inner)) : null;
        if (code is null || what is null)
        {
            return null;
        }

        var known = Enum.GetValues<FaultCode>().Single(c => CodeText(c) == code);
        return new Fault(known, what, remedy, cause) { Problems = new Problems(found) };
    }

    /// <summary>The code as it is written: <c>out_of_capacity</c>.</summary>
    public static string CodeText(FaultCode code) => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString());

    // The JSON writer escapes what it puts for half a surrogate pair, but not the same character once it was read: as UTF-8 the bytes
    // are the same on every hop, and so the node's signature over a fault holds.
    internal static byte[] Unicode(string text) => Encoding.UTF8.GetBytes(text);

    private static Problem? ReadProblem(JsonElement element, string pointer, ICollection<Problem> problems)
    {
        if (JsonForm.Open(element, pointer, problems) is not { } form)
        {
            return null;
        }

        var place = form.Text("pointer", sizeMax: TextMax);
        var reason = form.Text("reason", sizeMax: TextMax);
        var remedy = form.Text("remedy", sizeMax: TextMax);
        return form.Close(place is null || reason is null || remedy is null ? null : new Problem(place, reason, remedy));
    }
}
