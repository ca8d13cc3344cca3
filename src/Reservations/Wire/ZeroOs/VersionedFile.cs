using System.Text;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>
/// A file of Zero-OS that says its version: a JSON string, and directly behind its closing quote the payload (pkg/versioned).
/// </summary>
/// <param name="Version">The version.</param>
/// <param name="Payload">Every byte behind the quote.</param>
public sealed record VersionedFile(SemanticVersion Version, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The version of seed files and stored reservations.</summary>
    public static readonly SemanticVersion First = new(1, 0, 0);

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes() => [.. Encoding.ASCII.GetBytes($"\"{Version}\""), .. Payload.Span];

    /// <summary>Reads a file; null when it says no version, and is payload as a whole.</summary>
    public static VersionedFile? Read(ReadOnlyMemory<byte> file)
    {
        if (GoSyntax.Check(file.Span, whole: false, out var end) is not null)
        {
            return null;
        }

        var quoted = file.Span[..end].TrimStart(" \t\r\n"u8);
        return quoted[0] == '"' && SemanticVersion.TryParse(GoText.Unquote(quoted[1..^1]), out var version)
            ? new VersionedFile(version, file[end..])
            : null;
    }
}
