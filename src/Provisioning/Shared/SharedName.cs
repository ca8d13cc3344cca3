using Provision.Reservations;

namespace Provision.Provisioning.Shared;

/// <summary>
/// What a shared thing is called on a node: a sort and what it is among its sort, such as <c>network/2aDwX4GBir2RZ</c>. Orders that
/// provide it and orders that use it find each other by this name, which no user writes.
/// </summary>
public readonly record struct SharedName
{
    private const int SizeMax = 128;
    private readonly string? text;

    private SharedName(string text) => this.text = text;

    /// <summary>The name of a private network.</summary>
    public static SharedName Of(NetworkId network) => new($"network/{network}");

    /// <summary>Reads the text; false when it has no sort, nothing after it, or is longer than 128 characters.</summary>
    public static bool TryParse(string? text, out SharedName name)
    {
        var valid = text is { Length: <= SizeMax } && text.IndexOf('/', StringComparison.Ordinal) is var mark and > 0
            && mark < text.Length - 1;
        name = valid ? new SharedName(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => text ?? "";
}
