using Sodium;

namespace Provision.Reservations.Signing;

/// <summary>An Ed25519 key pair made from a 32-byte seed. The seed is the secret: it is never printed.</summary>
public sealed class KeyPair
{
    private readonly byte[] seed;
    private readonly byte[] privateKey;

    private KeyPair(byte[] seed)
    {
        using var pair = PublicKeyAuth.GenerateKeyPair(seed);
        this.seed = seed;
        privateKey = pair.PrivateKey;
        PublicKey = PublicKey.Of(pair.PublicKey);
    }

    /// <summary>Length of a seed in bytes.</summary>
    public const int SeedSize = 32;

    /// <summary>The half that identifies its holder.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>The key pair of this seed.</summary>
    public static KeyPair FromSeed(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedSize);
        return new KeyPair(seed.ToArray());
    }

    /// <summary>A new key pair from the operating system's randomness.</summary>
    public static KeyPair Create() => new(SodiumCore.GetRandomBytes(SeedSize));

    /// <summary>Signs these bytes.</summary>
    public Signature Sign(byte[] message) => Signature.Of(PublicKeyAuth.SignDetached(message, privateKey));

    internal ReadOnlySpan<byte> Seed => seed;

    /// <summary>What is in a box that was sealed to this key; null when it is none, was changed, or is another key's.</summary>
    internal byte[]? OpenBox(byte[] box) => SealedBox.Open(privateKey, box);
}
