using Provision.Reservations;

namespace Provision.Machine.Linux.Containers;

/// <summary>What containers said, for whoever runs the machine.</summary>
public static class ContainerLogs
{
    /// <summary>
    /// The files that hold what a container said, oldest first; none when there is no such container, or several begin with these digits.
    /// </summary>
    /// <param name="root">The root of the machine.</param>
    /// <param name="owner">The digest of its order, or the first digits of it.</param>
    public static IReadOnlyList<string> Find(string root, string owner)
    {
        var places = new Places(root);
        if (!Directory.Exists(places.Containers) || owner.Length == 0 || !owner.All(char.IsAsciiHexDigitLower))
        {
            return [];
        }

        var found = Directory.EnumerateDirectories(places.Containers, owner + "*").Take(2).ToList();
        return found.Count == 1 && Digest.TryParse(Path.GetFileName(found[0]), out var digest)
            ? [.. new[] { places.LogBeforeOf(digest), places.LogOf(digest) }.Where(File.Exists)]
            : [];
    }
}
