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
    private const int PageSizeMax = 1 << 20;

    // A document can be wrong in a hundred thousand places; nobody mends more than this at a time.
    private const int ProblemsMax = 100;

    /// <summary>Answers with a document; a large one takes its turn among those of its sort.</summary>
    public static async Task AnswerAsync(
        this HttpContext context, Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK, string sort = "documents")
    {
        var bytes = Encode(CanonicalJson.Build(write));
        using var turn = bytes.Length < LargeAnswers.SizeMin ? null : await context.EnterLargeAnswerAsync(sort);
        await SendAsync(context, bytes, status, "application/json");
    }

    /// <summary>
    /// Answers with <c>{"name":[…]}</c>, sent as it is read and cut to a bounded size, never to nothing. Of a lazy list no more is asked
    /// for than the reader takes, and one.
    /// </summary>
    public static Task AnswerListAsync<T>(
        this HttpContext context, string name, IAsyncEnumerable<T> items, Action<Utf8JsonWriter, T> write) =>
        context.AnswerListAsync(name, items, write, PageSizeMax);

    /// <summary>The same of a list that is there already.</summary>
    public static Task AnswerListAsync<T>(this HttpContext context, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write) =>
        context.AnswerListAsync(name, items.ToAsyncEnumerable(), write);

    /// <summary>The same of a list that must go out whole.</summary>
    public static Task AnswerWholeListAsync<T>(
        this HttpContext context, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write) =>
        context.AnswerListAsync(name, items.ToAsyncEnumerable(), write, int.MaxValue);

    /// <summary>Waits until one more large answer may be sent; whoever disposes the turn lets the next one begin.</summary>
    /// <exception cref="FaultException"><see cref="LargeAnswers.Full"/>.</exception>
    public static Task<IDisposable> EnterLargeAnswerAsync(this HttpContext context, string sort) =>
        context.RequestServices.GetRequiredService<LargeAnswers>().EnterAsync(context, sort);

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
        return SendAsync(context, Encode(problem), code, "application/problem+json");
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

    private static async Task AnswerListAsync<T>(
        this HttpContext context, string name, IAsyncEnumerable<T> items, Action<Utf8JsonWriter, T> write, int sizeMax)
    {
        using var answer = new PiecemealAnswer(context, name);
        answer.Add($"{{\"{name}\":[");
        var size = 0;
        await foreach (var item in items)
        {
            var text = Write(item, write);
            var first = size == 0;
            size += Encoding.UTF8.GetByteCount(text);
            if (size > sizeMax && !first)
            {
                break;
            }

            answer.Add(first ? "" : ",");
            answer.Add(text);
            await answer.SendPieceAsync();
        }

        answer.Add("]}");
        await answer.EndAsync();
    }

    // Not a lambda where it is called: that would keep the item while its reader takes it.
    private static string Write<T>(T item, Action<Utf8JsonWriter, T> write) => CanonicalJson.Build(writer => write(writer, item)).Text;

    private static byte[] Encode(CanonicalJson json) => Encoding.UTF8.GetBytes(json.Text);

    // Bytes, not the text that they were: it is garbage before the reader has taken anything.
    private static async Task SendAsync(HttpContext context, byte[] bytes, int status, string type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
