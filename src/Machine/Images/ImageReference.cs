using System.Buffers;
using Provision.Reservations;

namespace Provision.Machine.Images;

/// <summary>
/// Where an image comes from and which one it is: <c>SCHEME:LOCATION@sha256:DIGEST</c>. The scheme says who fetches it; the digest is
/// that of the OCI manifest, or of the config of a docker-archive, so that everything fetched can be checked against what was signed.
/// </summary>
/// <param name="Scheme">Lower-case letters; which schemes there are, <see cref="IImages"/> knows.</param>
/// <param name="Location">What the scheme makes of it: a name, an address.</param>
/// <param name="Digest">The digest of the image.</param>
public sealed record ImageReference(string Scheme, string Location, Digest Digest)
{
    /// <summary>The scheme of what the farmer has put on the machine.</summary>
    public const string Local = "local";

    /// <summary>The longest text.</summary>
    public const int TextSizeMax = 2048;

    private const string Mark = "@sha256:";
    private const int LocalNameSizeMax = 200;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    /// <summary>Reads the text form; whether anybody serves the scheme is not judged here.</summary>
    public static bool TryParse(string? text, out ImageReference reference)
    {
        reference = null!;
        if (text is null || text.Length > TextSizeMax || text.Any(c => c is <= ' ' or > '~'))
        {
            return false;
        }

        var (scheme, mark) = (text.IndexOf(':', StringComparison.Ordinal), text.LastIndexOf(Mark, StringComparison.Ordinal));
        if (scheme < 1 || mark <= scheme + 1 || text.AsSpan(0, scheme).ContainsAnyExceptInRange('a', 'z')
            || !Digest.TryParse(text[(mark + Mark.Length)..], out var digest))
        {
            return false;
        }

        reference = new ImageReference(text[..scheme], text[(scheme + 1)..mark], digest);
        return true;
    }

    /// <summary>
    /// Where a web server has it; null when the location is no address of a file. One that names a user is none: whoever may read an order
    /// would have his password.
    /// </summary>
    public Uri? Address =>
        Location.StartsWith("//", StringComparison.Ordinal)
        && Uri.TryCreate($"{Scheme}:{Location}", UriKind.Absolute, out var address)
        && address.Host.Length > 0 && address.UserInfo.Length == 0 && address.Fragment.Length == 0
            ? address
            : null;

    /// <summary>
    /// True when a location of <see cref="Local"/> is the name of a file or folder: letters, digits, <c>-_.</c>, no dot first.
    /// </summary>
    public static bool IsLocalName(string location) =>
        location is { Length: > 0 and <= LocalNameSizeMax } && location[0] != '.' && !location.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}:{Location}{Mark}{Digest}";
}
