using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Provision.Machine.Simulated.Time;

namespace Provision.Simulation;

/// <summary>
/// Everything that happened, in order.
/// Two runs of one seed have equal traces, or something read a clock or a dice of its own.
/// </summary>
public sealed class Trace(VirtualTime time)
{
    private readonly List<string> lines = [];

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines => lines;

    /// <summary>Adds a line.</summary>
    public void Add(string who, string what) =>
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{time.Elapsed.TotalMilliseconds:F1} {who} {what}"));

    /// <summary>SHA-256 over all lines.</summary>
    public string ComputeHash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
}
