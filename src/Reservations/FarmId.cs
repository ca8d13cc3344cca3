using Provision.Reservations.Signing;

namespace Provision.Reservations;

/// <summary>The owner of nodes: the base58 text of the farmer's Ed25519 public key (spec 01 §2.1).</summary>
public readonly record struct FarmId(PublicKey Key)
{
    /// <summary>Reads base58 text; false when it is not the text of 32 bytes.</summary>
    public static bool TryParse(string? text, out FarmId id)
    {
        var valid = PublicKey.TryParse(text, out var key);
        id = new FarmId(key);
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Key.ToString();
}
