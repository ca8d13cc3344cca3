using Provision.Machine.Images;

namespace Provision.Machine.Conformance.Images;

/// <summary>
/// An image that a suite asks its fixture for. Everything in it belongs to root, and folders have mode 0755. Two images of different
/// names are different images: one of their files holds the name.
/// </summary>
/// <param name="Name">Letters, digits and dashes.</param>
public sealed record TestImage(string Name)
{
    /// <summary>What it says about running it.</summary>
    public ImageConfig Config { get; init; } = new();

    /// <summary>Its files by path, such as <c>etc/passwd</c>; the folders above them are there, too.</summary>
    public IReadOnlyDictionary<string, TestFile> Files { get; init; } = new Dictionary<string, TestFile>();

    /// <summary>Its symbolic links by path, with what they say.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// True: a real machine puts a static busybox at <c>bin/busybox</c> and makes each of <see cref="Containers.TestPrograms.Applets"/> a
    /// link to it. A simulated machine knows what these do.
    /// </summary>
    public bool HasBusybox { get; init; }

    /// <summary>The users it knows beside numbers: those of its <c>etc/passwd</c>.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>An image of one file and the one that holds its name.</summary>
    public static TestImage Of(string name, string file, long size) => new(name)
    {
        Files = new Dictionary<string, TestFile> { [file] = new(new byte[size]), ["name"] = TestFile.Of(name) },
    };
}
