using System.Buffers.Text;

namespace Provision.Reservations.Signing;

/// <summary>A 64-byte Ed25519 signature in its text form: padded base64 (spec 01 §4.1).</summary>
public readonly record struct Signature
{
    /// <summary>Length of the raw signature in bytes.</summary>
    public const int Size = 64;

    private readonly string? text;

    private Signature(string text) => this.text = text;

    /// <summary>True for the default value: the document is not signed.</summary>
    public bool IsMissing => string.IsNullOrEmpty(text);

    /// <summary>The signature of these 64 bytes.</summary>
    public static Signature Of(ReadOnlySpan<byte> raw)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(raw.Length, Size);
        return new Signature(Convert.ToBase64String(raw));
    }

    /// <summary>Reads padded base64; false when it is not the text of 64 bytes.</summary>
    public static bool TryParse(string? text, out Signature signature)
    {
        signature = default;
        Span<byte> raw = stackalloc byte[Size + 2];
        if (text is null || !Base64.IsValid(text) || !Convert.TryFromBase64String(text, raw, out var written) || written != Size)
        {
            return false;
        }

        signature = Of(raw[..Size]);
        return signature.text == text;
    }

    /// <summary>The 64 raw bytes; empty when the signature is missing.</summary>
    public byte[] ToBytes() => Convert.FromBase64String(ToString());

    /// <inheritdoc/>
    public override string ToString() => text ?? "";
}
