using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Endpoints;

/// <summary>JSON answers.</summary>
internal static class Answers
{
    // A list is cut when it grows beyond this; the reader asks on after the last element.
    private const int PageSizeMax = 4 << 20;

    // A document can be wrong in a hundred thousand places; nobody mends more than this at a time.
    private const int ProblemsMax = 100;

    /// <summary>Answers with a document.</summary>
    public static Task AnswerAsync(this HttpContext context, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) =>
        SendAsync(context, CanonicalJson.Build(write), status, "application/json");

    /// <summary>
    /// Answers with <c>{"name":[…]}</c>, cut to a bounded size, never to nothing. Of a lazy list no more is asked for than fits, and one.
    /// </summary>
    public static async Task AnswerListAsync<T>(
        this HttpContext context, string name, IAsyncEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        var page = new List<CanonicalJson>();
        var size = 0;
        await foreach (var item in items)
        {
            var json = CanonicalJson.Build(writer => write(writer, item));
            size += Encoding.UTF8.GetByteCount(json.Text);
            if (size > PageSizeMax && page.Count > 0)
            {
                break;
            }

            page.Add(json);
        }

        await context.AnswerAsync(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray(name);
            page.ForEach(item => item.WriteTo(writer));
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>The same of a list that is there already.</summary>
    public static Task AnswerListAsync<T>(this HttpContext context, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write) =>
        context.AnswerListAsync(name, items.ToAsyncEnumerable(), write);

    /// <summary>Answers with a problem (RFC 9457) that carries the fault.</summary>
    public static Task AnswerFaultAsync(this HttpContext context, Fault fault, int? status = null)
    {
        fault = fault.Shorten(ProblemsMax);
        var code = status ?? StatusTable.Of(fault.Code);
        var problem = CanonicalJson.Build(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("title", ReasonPhrases.GetReasonPhrase(code));
            writer.WriteNumber("status", code);
            writer.WriteString("detail", fault.ToString());
            writer.WritePropertyName("fault");
            FaultJson.Write(writer, fault);
            writer.WriteEndObject();
        });
        return SendAsync(context, problem, code, "application/problem+json");
    }

    /// <summary>The fault with its first problems only.</summary>
    public static Fault Shorten(this Fault fault, int problemsMax) =>
        fault.Problems.Count <= problemsMax ? fault : fault with { Problems = new Problems(fault.Problems.Take(problemsMax)) };

    /// <summary>Writes an object of one text.</summary>
    public static void WriteName(Utf8JsonWriter writer, string name, string value)
    {
        writer.WriteStartObject();
        writer.WriteString(name, value);
        writer.WriteEndObject();
    }

    private static async Task SendAsync(HttpContext context, CanonicalJson json, int status, string type)
    {
        var bytes = Encoding.UTF8.GetBytes(json.Text);
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
