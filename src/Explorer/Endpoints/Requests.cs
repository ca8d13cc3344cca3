using System.Globalization;
using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Endpoints;

/// <summary>
/// Reads what a request carries; refuses with the place: a JSON pointer in a body, <c>?name</c> in a query, <c>{name}</c> in a path.
/// </summary>
internal static class Requests
{
    /// <summary>The body as one JSON value. Its declared type is not asked for: it is JSON or it is refused.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/>.</exception>
    /// <exception cref="BadHttpRequestException">
    /// 413: it is larger than <see cref="StrictJson.SizeMax"/>. 400: it broke off.
    /// </exception>
    public static async Task<JsonElement> ReadJsonAsync(this HttpContext context, string document) =>
        StrictJson.Parse(await context.ReadBodyAsync(), document);

    /// <summary>The body, to its end.</summary>
    /// <exception cref="BadHttpRequestException">
    /// 413: it is larger than <see cref="StrictJson.SizeMax"/>. 400: it broke off.
    /// </exception>
    public static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(this HttpContext context)
    {
        using var body = new MemoryStream();
        var chunk = new byte[16384];
        while (await context.ReadAsync(chunk) is > 0 and var count)
        {
            body.Write(chunk, 0, count);
            if (body.Length > StrictJson.SizeMax)
            {
                throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
            }
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    /// <summary>A whole number of the query that is not negative; 0 when it is not there.</summary>
    public static long Number(this HttpContext context, string name) =>
        context.Query<long>(
            name,
            "0",
            text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
            "a whole number from 0");

    /// <summary>A span of the query, in seconds; none when it is not there.</summary>
    public static TimeSpan Seconds(this HttpContext context, string name)
    {
        const double longest = 86400;
        return TimeSpan.FromSeconds(context.Query<double>(
            name,
            "0",
            text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var span)
                && span is >= 0 and <= longest
                ? span
                : null,
            $"seconds from 0 to {longest}"));
    }

    /// <summary>A text of the query; "" when it is not there.</summary>
    public static string Text(this HttpContext context, string name) => context.Request.Query[name].ToString();

    /// <summary>An id of the query; null when it is not there.</summary>
    public static T? Id<T>(this HttpContext context, string name, Parser<T> parse)
        where T : struct =>
        context.Text(name).Length == 0
            ? null
            : context.Query<T>(name, "", text => parse(text, out var id) ? id : null, "the base58 text of an Ed25519 public key");

    /// <summary>An id of the path.</summary>
    public static T PathId<T>(this HttpContext context, string name, Parser<T> parse)
        where T : struct =>
        parse(context.PathText(name), out var id)
            ? id
            : throw Refuse($"{{{name}}}", context.PathText(name), "the base58 text of an Ed25519 public key");

    /// <summary>A text of the path.</summary>
    public static string PathText(this HttpContext context, string name) => context.GetRouteValue(name) as string ?? "";

    /// <summary>The fault of a part of a request that does not read.</summary>
    public static FaultException Refuse(string place, string text, string expected) =>
        new(Fault.Invalid("The request is not valid", [new Problem(place, $"is \"{JsonForm.Shorten(text)}\"", $"give {expected}")]));

    private static T Query<T>(this HttpContext context, string name, string absent, Func<string, T?> read, string expected)
        where T : struct
    {
        var text = context.Request.Query.TryGetValue(name, out var values) ? values.ToString() : absent;
        return read(text) ?? throw Refuse($"?{name}", text, expected);
    }

    // Kestrel tells most of what is wrong with the form of a body as a bad request, but a chunk size that overflows as a plain IOException.
    private static async Task<int> ReadAsync(this HttpContext context, byte[] chunk)
    {
        try
        {
            return await context.Request.Body.ReadAsync(chunk, context.RequestAborted);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new BadHttpRequestException(e.Message, StatusCodes.Status400BadRequest, e);
        }
    }
}
