using System.Globalization;
using System.Text;
using Provision.Reservations.HttpSignatures;
using Provision.Reservations.Signing;

namespace Provision.Reservations.Tests.Fuzz;

/// <summary>
/// A signed request as one document that can come to harm: method, authority, path, query, Signature-Input, Signature and Content-Digest
/// a line each, then the body. Characters are bytes (Latin 1), as servers have them.
/// </summary>
internal static class TestRequest
{
    /// <summary>When all of them were signed.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 30, TimeSpan.Zero);

    /// <summary>Who signed all of them.</summary>
    public static readonly KeyPair Key = KeyPair.FromSeed(new byte[KeyPair.SeedSize]);

    /// <summary>How many lines are in front of the body.</summary>
    public const int Lines = 7;

    private static readonly string[] Fields = ["signature-input", "signature", ContentDigest.Name];

    /// <summary>Requests whose signatures are good: with and without a body, and one that is written as no program of ours does.</summary>
    public static readonly IReadOnlyList<byte[]> Corpus =
    [
        Sign("GET", "?after=1", "", ["@method", "@authority", "@path", "@query"]),
        Sign("POST", "", "{\"a\":1}\n", ["@method", "@authority", "@path", "@query", ContentDigest.Name]),
        Sign(
            "PUT",
            "?",
            "x",
            [ContentDigest.Name, "@query", "@path", "@authority", "@method"],
            new("b", new FieldValue(FieldValueType.Boolean, "1")),
            new("*c", new FieldValue(FieldValueType.Boolean, "0")),
            new("d-1", new FieldValue(FieldValueType.Bytes, "AAE=")),
            new("e", new FieldValue(FieldValueType.Token, "w/x")),
            new("f", FieldValue.Of("a \"b\" \\ c"))),
    ];

    /// <summary>The request of a document; what is missing at its end is empty, and an empty field is not there.</summary>
    public static RequestParts Read(byte[] document)
    {
        var lines = Encoding.Latin1.GetString(document).Split('\n', Lines + 1);
        return new RequestParts(
            Line(0), Line(1), Line(2), Line(3), Field, Encoding.Latin1.GetBytes(Line(Lines)));

        string Line(int index) => index < lines.Length ? lines[index] : "";

        string? Field(string name) =>
            Array.IndexOf(Fields, name) is >= 0 and var index && Line(4 + index) is { Length: > 0 } value ? value : null;
    }

    /// <summary>What its signature is about, in one form for all that mean the same.</summary>
    public static string Meaning(RequestParts request) => string.Join(
        '\n',
        request.Method,
        request.Authority.ToLowerInvariant(),
        request.Path.Length == 0 ? "/" : request.Path,
        request.Query.Length == 0 ? "?" : request.Query,
        Convert.ToHexString(request.Body.Span));

    private static byte[] Sign(
        string method, string query, string body, string[] components, params IReadOnlyList<KeyValuePair<string, FieldValue>> more)
    {
        string[] start = [method, "explorer.example:8420", "/api/v1/orders", query];
        var digest = body.Length == 0 ? "" : ContentDigest.Of(Encoding.Latin1.GetBytes(body));
        var input = new SignatureInput(
            components,
            [
                new("created", new FieldValue(FieldValueType.Integer, Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))),
                new("keyid", FieldValue.Of(Key.PublicKey.ToString())),
                new("nonce", FieldValue.Of("0123456789abcdef")),
                new("alg", FieldValue.Of(RequestVerifier.Algorithm)),
                .. more,
            ]);
        var signature = Key.Sign(input.BuildBase(Read(Join("", ""))));
        return Join($"s1={input}", $"s1=:{signature}:");

        byte[] Join(string inputs, string signatures) =>
            Encoding.Latin1.GetBytes(string.Join('\n', [.. start, inputs, signatures, digest, body]));
    }
}
