using Provision.Machine.Images;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Images;

/// <summary>As much of an image as a simulated machine looks at. Paths are relative to its root, such as <c>bin/sh</c>.</summary>
public sealed record SimulatedImage
{
    /// <summary>What it says about running it.</summary>
    public ImageConfig Config { get; init; } = new();

    /// <summary>The size of each file in bytes, by path. Folders are there because files are in them.</summary>
    public IReadOnlyDictionary<string, long> Files { get; init; } = new Dictionary<string, long>();

    /// <summary>What each symbolic link says, by path.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    /// <summary>The paths of what can be run; null: nobody looked, and every program is taken to be there.</summary>
    public IReadOnlyList<string>? Programs { get; init; }

    /// <summary>The names of users and groups; null: nobody looked, and every name is taken to be there.</summary>
    public IReadOnlyList<string>? Users { get; init; }

    /// <summary>Bytes of files that are not listed.</summary>
    public long UnlistedSize { get; init; }

    /// <summary>What it takes of a pool.</summary>
    internal ByteSize TotalSize => new(UnlistedSize + Files.Values.Sum());

    /// <summary>True when the path is that of a file, a link or a folder.</summary>
    internal bool Holds(string path) => path is "" || Files.ContainsKey(path) || Links.ContainsKey(path)
        || Programs?.Contains(path) is true
        || Files.Keys.Concat(Links.Keys).Concat(Programs ?? []).Any(one => one.StartsWith(path + "/", StringComparison.Ordinal));
}
