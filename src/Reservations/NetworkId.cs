using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Reservations;

/// <summary>
/// What a private network is called on a node: 13 characters of base58, derived from its user and its name (spec 02 §5.1), so that all
/// orders of one user for one name mean one network. <see cref="NetworkDerivation.IdOf"/> makes it.
/// </summary>
public readonly record struct NetworkId
{
    /// <summary>How many characters it has.</summary>
    public const int Size = 13;

    private readonly string? text;

    private NetworkId(string text) => this.text = text;

    /// <summary>Reads the text; false when it is none of <see cref="Size"/> characters of base58.</summary>
    public static bool TryParse(string? text, out NetworkId id)
    {
        var valid = text is { Length: Size } && BitcoinText.IsText(text);
        id = valid ? new NetworkId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => text ?? "";
}
