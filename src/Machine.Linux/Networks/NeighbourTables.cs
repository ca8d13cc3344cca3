using System.Globalization;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// The sizes of the kernel's tables of neighbours, of which there is one for IPv4 and one for IPv6 in the whole machine: when one is full,
/// nobody on the machine finds a new neighbour. A member can name every address of its subnet.
/// </summary>
internal static class NeighbourTables
{
    /// <summary>When all members that a machine can have, and all networks, name every address of their subnets.</summary>
    public const int Most = 1024 + ((4096 + 512) * 256);

    // Below the first (gc_thresh1) nothing is ever forgotten: that stays. From the second on the kernel makes room in a hurry.
    private static readonly (string Name, int Value)[] Thresholds = [("gc_thresh3", Most), ("gc_thresh2", Most / 2)];

    /// <summary>
    /// Has them large enough, and never makes them smaller. Only the machine's first namespace has them; elsewhere, and where they must not
    /// be written, they are as whoever runs the machine has set them.
    /// </summary>
    /// <param name="folder">Where the settings of the network are: <c>/proc/sys/net</c>.</param>
    /// <returns>What was changed.</returns>
    public static IReadOnlyList<string> Raise(string folder)
    {
        var changed = new List<string>();
        foreach (var (name, value) in Thresholds)
        {
            foreach (var path in new[] { "ipv4", "ipv6" }.Select(family => Path.Combine(folder, family, "neigh/default", name)))
            {
                if (File.Exists(path) && int.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture) < value && TryWrite(path, value))
                {
                    changed.Add(path);
                }
            }
        }

        return changed;
    }

    private static bool TryWrite(string path, int value)
    {
        try
        {
            File.WriteAllText(path, value.ToString(CultureInfo.InvariantCulture));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
