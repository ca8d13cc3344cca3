using System.Net;
using System.Text.Json;

namespace Provision.Machine.Simulated.State;

/// <summary>Addresses as the file has them.</summary>
internal static class AddressText
{
    /// <summary>Reads one.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static IPAddress Parse(string text) => IPAddress.TryParse(text, out var address)
        ? address
        : throw new JsonException($"{text} is no address");
}
