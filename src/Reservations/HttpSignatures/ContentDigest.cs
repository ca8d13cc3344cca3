using System.Security.Cryptography;
using Provision.Reservations.Faults;

namespace Provision.Reservations.HttpSignatures;

/// <summary>The field Content-Digest (RFC 9530): what a signature covers of a body.</summary>
internal static class ContentDigest
{
    /// <summary>The field's name in lower case.</summary>
    public const string Name = "content-digest";

    private const string Sha256Key = "sha-256";
    private const string Sha512Key = "sha-512";

    /// <summary>The field of this body.</summary>
    public static string Of(ReadOnlyMemory<byte> body) => $"{Sha256Key}={Value(SHA256.HashData(body.Span))}";

    /// <summary>Returns when the field has a digest that we know, and each that we know is the body's.</summary>
    /// <exception cref="FaultException"><c>BadSignature</c>.</exception>
    public static void Require(string field, ReadOnlyMemory<byte> body)
    {
        var known = SignatureFields.Parse("Content-Digest", field, (ref FieldReader reader) =>
            {
                var value = reader.ReadValue();
                return reader.ReadParameters().Count == 0 ? value : throw new FormatException("a digest has parameters");
            })
            .Where(member => member.Key is Sha256Key or Sha512Key).ToList();
        if (known.Count == 0)
        {
            throw Refuse("has no digest of a known algorithm");
        }

        foreach (var (key, value) in known)
        {
            var hash = key == Sha256Key ? SHA256.HashData(body.Span) : SHA512.HashData(body.Span);
            if (value.ToString() != Value(hash).ToString())
            {
                throw Refuse($"has another {key} than the body");
            }
        }
    }

    private static FieldValue Value(byte[] hash) => new(FieldValueType.Bytes, Convert.ToBase64String(hash));

    private static FaultException Refuse(string what) =>
        new(FaultCode.BadSignature, $"The field Content-Digest {what}", "Give the sha-256 of the body as it is sent (RFC 9530).");
}
