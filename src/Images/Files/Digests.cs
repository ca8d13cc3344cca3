using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Images.Files;

/// <summary>Digests as images write them: <c>sha256:</c> and 64 digits (OCI image-spec, descriptor.md).</summary>
internal static class Digests
{
    public const string Algorithm = "sha256";
    private const string Prefix = Algorithm + ":";

    /// <summary>The digest that is this hash.</summary>
    public static Digest Of(ReadOnlySpan<byte> hash)
    {
        var valid = Digest.TryParse(Convert.ToHexStringLower(hash), out var digest);
        Invariant.Require(valid, "a hash is a digest");
        return digest;
    }

    /// <summary>Reads the text form; false for any other algorithm.</summary>
    public static bool TryParse(string? text, out Digest digest)
    {
        digest = default;
        return text is not null
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && Digest.TryParse(text[Prefix.Length..], out digest);
    }

    /// <summary>The text form.</summary>
    public static string Format(Digest digest) => Prefix + digest;
}
