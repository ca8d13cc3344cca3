using System.Globalization;
using System.Security.Cryptography;
using Provision.Reservations.Signing;

namespace Provision.Reservations.HttpSignatures;

/// <summary>Signs requests (RFC 9421) with the key of an identity, whose id is the key's id.</summary>
public sealed class RequestSigner(KeyPair key)
{
    private const string Label = "provision";
    private static readonly string[] Always = ["@method", "@authority", "@path", "@query"];

    /// <summary>The fields to add to the request, by name: two, and Content-Digest where there is a body.</summary>
    /// <param name="request">What is signed; fields other than the digest are not.</param>
    /// <param name="now">When, to the second.</param>
    public IReadOnlyList<KeyValuePair<string, string>> Sign(RequestParts request, DateTimeOffset now)
    {
        var fields = new List<KeyValuePair<string, string>>();
        IReadOnlyList<string> components = Always;
        if (!request.Body.IsEmpty)
        {
            var digest = ContentDigest.Of(request.Body);
            fields.Add(new("Content-Digest", digest));
            components = [.. Always, ContentDigest.Name];
            request = request with { Field = name => name == ContentDigest.Name ? digest : null };
        }

        var input = new SignatureInput(
            components,
            [
                new("created", new FieldValue(FieldValueType.Integer, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))),
                new("keyid", FieldValue.Of(key.PublicKey.ToString())),
                new("nonce", FieldValue.Of(RandomNumberGenerator.GetHexString(32, lowercase: true))),
                new("alg", FieldValue.Of(RequestVerifier.Algorithm)),
            ]);
        var signature = new FieldValue(FieldValueType.Bytes, key.Sign(input.BuildBase(request)).ToString());
        return [.. fields, new("Signature-Input", $"{Label}={input}"), new("Signature", $"{Label}={signature}")];
    }
}
