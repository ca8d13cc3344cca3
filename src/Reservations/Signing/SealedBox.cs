using System.Security.Cryptography;
using Sodium;

namespace Provision.Reservations.Signing;

/// <summary>
/// libsodium's anonymous sealed box (<c>crypto_box_seal</c>) between Ed25519 keys, converted to Curve25519 as spec 01 §2.3 says. Who
/// sealed is not proved: whatever has to fit is in the box.
/// </summary>
internal static class SealedBox
{
    /// <summary>How much longer a box is than what is in it, bytes: the sender's key and the tag.</summary>
    public const int Overhead = 48;

    /// <summary>Puts a message into a box that only the key's holder opens; null for a key that is no point, or a weak one.</summary>
    public static byte[]? Seal(PublicKey key, byte[] message)
    {
        try
        {
            return SealedPublicKeyBox.Create(message, PublicKeyAuth.ConvertEd25519PublicKeyToCurve25519PublicKey(key.ToBytes()));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>What is in the box; null when it is none, was changed, or is another key's.</summary>
    /// <param name="privateKey">The seed, then the public key: 64 bytes.</param>
    /// <param name="box">The box.</param>
    public static byte[]? Open(byte[] privateKey, byte[] box)
    {
        if (box.Length < Overhead)
        {
            return null;
        }

        var secret = PublicKeyAuth.ConvertEd25519SecretKeyToCurve25519SecretKey(privateKey);
        try
        {
            return SealedPublicKeyBox.Open(box, secret, ScalarMult.Base(secret));
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
