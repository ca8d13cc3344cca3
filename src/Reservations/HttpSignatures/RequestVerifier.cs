using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Reservations.HttpSignatures;

/// <summary>Tells who signed a request (RFC 9421), once for each request. Safe for many threads.</summary>
public sealed class RequestVerifier(TimeProvider time)
{
    /// <summary>The only algorithm.</summary>
    public const string Algorithm = "ed25519";

    /// <summary>How far the signer's clock may be from ours, in either direction.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private static readonly string[] Required = ["@method", "@authority", "@path", "@query"];

    private readonly long started = time.GetTimestamp();
    private readonly SeenNonces seen = new(Window * 2);

    /// <summary>The key that signed the request; null when it is not signed.</summary>
    /// <exception cref="FaultException">
    /// <c>BadSignature</c>: the signature does not read, covers too little, is too old or too new, was seen before, or is not this key's.
    /// <c>Unavailable</c>: more came within the window than can be remembered.
    /// </exception>
    public PublicKey? Verify(RequestParts request)
    {
        if (request.Field("signature-input") is not { } inputs)
        {
            return request.Field("signature") is null ? null : throw Refuse("has a Signature without a Signature-Input");
        }

        var input = SignatureFields.Parse("Signature-Input", inputs, SignatureInput.Read);
        var signatures = SignatureFields.Parse(
            "Signature", request.Field("signature") ?? "", (ref FieldReader reader) => reader.ReadValue());
        if (input.Count != 1 || signatures.Count != 1 || input.Keys.Single() != signatures.Keys.Single())
        {
            throw Refuse("has to have one signature, under one label in Signature-Input and Signature");
        }

        return Verify(request, input.Values.Single(), signatures.Values.Single());
    }

    private PublicKey Verify(RequestParts request, SignatureInput input, FieldValue signature)
    {
        if (input.Find("alg", FieldValueType.String) is { } algorithm && algorithm != Algorithm)
        {
            throw Refuse($"is signed by another algorithm than {Algorithm}");
        }

        if (!PublicKey.TryParse(input.Find("keyid", FieldValueType.String), out var key))
        {
            throw Refuse("is signed with a keyid that is no id: the base58 text of an Ed25519 public key");
        }

        if (input.Find("nonce", FieldValueType.String) is not { Length: >= 16 and <= 64 } nonce)
        {
            throw Refuse("is signed without a nonce of 16 to 64 characters");
        }

        RequireCover(request, input);
        var now = time.GetUtcNow();
        RequireTime(input, now);
        if (!Signature.TryParse(signature.Type == FieldValueType.Bytes ? signature.Text : null, out var bytes))
        {
            throw Refuse("has a signature that is not 64 bytes");
        }

        SignatureCheck.Require(bytes, input.BuildBase(request), key, "request");
        return seen.TryAdd($"{key} {nonce}", now) ? key : throw Refuse("was sent before: its nonce is used");
    }

    private static void RequireCover(RequestParts request, SignatureInput input)
    {
        var missing = Required.Concat(request.Body.IsEmpty ? [] : [ContentDigest.Name]).Except(input.Components).ToList();
        if (missing.Count > 0)
        {
            throw Refuse($"has a signature that does not cover {string.Join(", ", missing)}");
        }

        if (request.Field(ContentDigest.Name) is { } digest)
        {
            ContentDigest.Require(digest, request.Body);
        }
    }

    private void RequireTime(SignatureInput input, DateTimeOffset now)
    {
        var created = input.FindTime("created") ?? throw Refuse("is signed without saying when it was created");

        // What was signed before we knew what we had seen may be a repetition. By the time that passed, because clocks are set.
        var start = DateTimeOffset.FromUnixTimeSeconds((now - time.GetElapsedTime(started)).ToUnixTimeSeconds());
        if (created < now - Window || created > now + Window || created < start)
        {
            throw new FaultException(
                FaultCode.BadSignature,
                $"The request was signed at {created:u}, and here it is {now:u}"
                + (created < start ? $"; this server started at {start:u}" : ""),
                $"Set the clock, which may be {Window.TotalSeconds:0} s off, and sign again.");
        }

        if (input.FindTime("expires") is { } expires && expires < now)
        {
            throw Refuse($"was good until {expires:u}, and here it is {now:u}");
        }
    }

    private static FaultException Refuse(string what) =>
        new(FaultCode.BadSignature, $"The request {what}", "Sign each request anew, as docs/protocol.md says (RFC 9421).");
}
