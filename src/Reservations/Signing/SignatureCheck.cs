using Provision.Reservations.Faults;
using Sodium;

namespace Provision.Reservations.Signing;

/// <summary>Ed25519 verification as libsodium does it: weak keys and non-canonical signatures are refused.</summary>
public static class SignatureCheck
{
    /// <summary>Returns when the signature is this signer's over these bytes.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.BadSignature"/>.</exception>
    public static void Require(Signature signature, byte[] message, PublicKey signer, string document)
    {
        if (signature.IsMissing)
        {
            throw new FaultException(
                FaultCode.BadSignature,
                $"The {document} is not signed",
                "Sign it with the key of the identity it names.");
        }

        if (!Holds(signature.ToBytes(), message, signer))
        {
            throw new FaultException(
                FaultCode.BadSignature,
                $"The signature of the {document} is not {signer}'s over this content",
                "Sign it again after the last change, with the key of the identity it names.");
        }
    }

    /// <summary>True when these bytes are this signer's signature over that message.</summary>
    internal static bool Holds(byte[] signature, byte[] message, PublicKey signer) =>
        signature.Length == Signature.Size && PublicKeyAuth.VerifyDetached(signature, message, signer.ToBytes());
}
