namespace Provision.Reservations.HttpSignatures;

/// <summary>What signatures see of a request (RFC 9421 §2).</summary>
/// <param name="Method">As sent: <c>GET</c>.</param>
/// <param name="Authority">Host and port, without the port that the scheme has by itself.</param>
/// <param name="Path">As sent, with its escapes.</param>
/// <param name="Query">As sent, with the question mark; empty when there is none.</param>
/// <param name="Field">
/// The value of a header field by its name in lower case, several joined by a comma and a space; null: absent.
/// </param>
/// <param name="Body">The content; empty when there is none.</param>
public sealed record RequestParts(
    string Method, string Authority, string Path, string Query, Func<string, string?> Field, ReadOnlyMemory<byte> Body);
