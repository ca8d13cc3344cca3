using Provision.Reservations.Secrets;
using Provision.Reservations.Signing;

namespace Provision.Machine.Keys;

/// <summary>The node's key in the memory of its daemon, which is where it is on every machine.</summary>
public sealed class NodeKeys(KeyPair key) : IKeys
{
    /// <inheritdoc/>
    public string Open(string sealedText, SecretBinding binding) => SealedSecret.Open(sealedText, key, binding);
}
