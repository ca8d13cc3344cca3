using System.Text.Json;
using Provision.Reservations;

namespace Provision.Machine.Simulated.State;

/// <summary>Digests as the file has them.</summary>
internal static class DigestText
{
    /// <summary>Reads one.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static Digest Parse(string text) => Digest.TryParse(text, out var digest)
        ? digest
        : throw new JsonException($"{text} is no digest");
}
