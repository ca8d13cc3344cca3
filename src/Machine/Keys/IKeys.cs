using Provision.Reservations.Secrets;

namespace Provision.Machine.Keys;

/// <summary>What only this node can do, because only it has its private key.</summary>
public interface IKeys
{
    /// <summary>
    /// Opens a secret that was sealed to this node. <c>Invalid</c>: it is no sealed secret, was sealed to another node, or belongs to
    /// another order or field than <paramref name="binding"/> says.
    /// </summary>
    string Open(string sealedText, SecretBinding binding);
}
