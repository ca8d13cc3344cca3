using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Reservations.Secrets;

/// <summary>Secrets that only one node can read (libsodium's anonymous sealed box; spec 01 §2.3), as lower-case hexadecimal text.</summary>
public static class SealedSecret
{
    /// <summary>The longest secret, bytes of UTF-8.</summary>
    public const int SizeMax = 16 * 1024;

    /// <summary>Seals a secret to a node.</summary>
    public static string Seal(string secret, NodeId node, SecretBinding binding) => throw new NotImplementedException();

    /// <summary>Opens a secret.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/>; see <c>IKeys.Open</c>.</exception>
    public static string Open(string sealedText, KeyPair key, SecretBinding binding) => throw new NotImplementedException();
}
