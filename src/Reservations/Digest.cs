using System.Buffers;
using System.Security.Cryptography;

namespace Provision.Reservations;

/// <summary>SHA-256 of the signed bytes of a document, as 64 lower-case hexadecimal digits. It names an order on a node.</summary>
public readonly record struct Digest
{
    /// <summary>Length of the text.</summary>
    public const int TextSize = 64;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private readonly string? text;

    private Digest(string text) => this.text = text;

    /// <summary>The digest of these bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes)));

    /// <summary>Reads 64 lower-case hexadecimal digits.</summary>
    public static bool TryParse(string? text, out Digest digest)
    {
        var valid = text is { Length: TextSize } && !text.AsSpan().ContainsAnyExcept(Digits);
        digest = valid ? new Digest(text!) : default;
        return valid;
    }

    /// <summary>The first twelve digits: enough for a person, never a key.</summary>
    public string Short => ToString().Length < 12 ? ToString() : ToString()[..12];

    /// <summary>True for the default value.</summary>
    public bool IsMissing => text is null;

    /// <inheritdoc/>
    public override string ToString() => text ?? "";
}
