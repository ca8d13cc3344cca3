namespace Provision.Reservations.Signing;

/// <summary>An Ed25519 public key (RFC 8032) in its text form: base58 with Bitcoin's alphabet, no checksum (spec 01 §2.1).</summary>
public readonly record struct PublicKey
{
    /// <summary>Length of the raw key in bytes.</summary>
    public const int Size = 32;

    private readonly string? text;

    private PublicKey(string text) => this.text = text;

    /// <summary>The key of these 32 bytes.</summary>
    public static PublicKey Of(ReadOnlySpan<byte> raw)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(raw.Length, Size);
        return new PublicKey(BitcoinText.Encode(raw));
    }

    /// <summary>Reads base58 text; false when it is not the text of 32 bytes.</summary>
    public static bool TryParse(string? text, out PublicKey key)
    {
        key = default;
        if (text is null || text.Length is < Size or > 44 || BitcoinText.Decode(text) is not { Length: Size } raw)
        {
            return false;
        }

        key = Of(raw);
        return key.text == text;
    }

    /// <summary>The 32 raw bytes.</summary>
    public byte[] ToBytes() => BitcoinText.Decode(ToString())!;

    /// <summary>Puts a message into a box that only this key's holder opens; null when nobody can hold such a key.</summary>
    internal byte[]? SealBox(byte[] message) => SealedBox.Seal(this, message);

    /// <inheritdoc/>
    public override string ToString() => text ?? "";
}
