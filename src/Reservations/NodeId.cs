using Provision.Reservations.Signing;

namespace Provision.Reservations;

/// <summary>A machine that leases pieces of itself: the base58 text of its Ed25519 public key (spec 01 §2.1).</summary>
public readonly record struct NodeId(PublicKey Key)
{
    /// <summary>Reads base58 text; false when it is not the text of 32 bytes.</summary>
    public static bool TryParse(string? text, out NodeId id)
    {
        var valid = PublicKey.TryParse(text, out var key);
        id = new NodeId(key);
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Key.ToString();
}
