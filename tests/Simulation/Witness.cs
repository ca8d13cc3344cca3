using System.Text;
using Provision.Machine.Simulated.Disk;
using Provision.Machine.Simulated.Faults;
using Provision.Provisioning.Journal;

namespace Provision.Simulation;

/// <summary>
/// Verify, then journal, then act: looks at each effect on storage, networks and containers whether its reason is durable by then.
/// </summary>
public static class Witness
{
    private static readonly string[] Making = ["started"];
    private static readonly string[] Removing = ["failed", "withdrawn", "closed"];

    /// <summary>True when an entry that survives a power failure gives a reason for this call.</summary>
    public static bool Sees(SimulatedDisk disk, MachineCall call)
    {
        var owner = call.Subject[(call.Subject.LastIndexOf('/') + 1)..];
        var reasons = call.Verb is "remove" or "release" or "leave" ? Removing : Making;
        return disk.Files
            .Where(file => Segments.TryParse(file, out _))
            .SelectMany(file => Encoding.UTF8.GetString(disk.ReadDurable(file)).Split('\n'))
            .Any(line => line.Contains($"\"order\":\"{owner}\"", StringComparison.Ordinal)
                && reasons.Any(reason => line.Contains($"\"entry\":\"{reason}\"", StringComparison.Ordinal)));
    }
}
