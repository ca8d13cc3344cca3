using Provision.Images;
using Provision.Machine.Images;

namespace Provision.Grid;

/// <summary>An image of busybox and a few scripts, made for one grid and put where its node looks for images.</summary>
public sealed class TestImage
{
    private const string Name = "busybox";
    private const string Busybox = "/bin/busybox";
    private static readonly string[] Applets =
    [
        "cat", "dd", "echo", "fallocate", "false", "kill", "ls", "mkdir", "printf", "sh", "sha256sum", "sleep", "sync", "tee", "touch", "true",
    ];

    private TestImage(string folder, string file, ImageReference reference) => (Folder, File, Reference) = (folder, file, reference);

    /// <summary>The folder it was made of.</summary>
    public string Folder { get; }

    /// <summary>The image as a file.</summary>
    public string File { get; }

    /// <summary>What to order it by.</summary>
    public ImageReference Reference { get; }

    /// <summary>Makes the image.</summary>
    /// <param name="grid">Whose node shall have it.</param>
    /// <param name="scripts">Programs of <c>/bin</c> that it holds beside busybox, by name, as text for <c>sh</c>.</param>
    public static TestImage Install(TestGrid grid, IReadOnlyDictionary<string, string>? scripts = null)
    {
        var folder = grid.In("image");
        var programs = Path.Combine(folder, "bin");
        Directory.CreateDirectory(programs);
        System.IO.File.Copy(Busybox, Path.Combine(programs, Name));
        foreach (var applet in Applets)
        {
            System.IO.File.CreateSymbolicLink(Path.Combine(programs, applet), Name);
        }

        foreach (var (name, text) in scripts ?? new Dictionary<string, string>())
        {
            var script = Path.Combine(programs, name);
            System.IO.File.WriteAllText(script, $"#!/bin/sh\n{text}\n");
            System.IO.File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        }

        var file = grid.In("node", "images", Name + ".tar");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var digest = ImageWriter.Write(folder, new ImageConfig { Entrypoint = ["/bin/sh"] }, file);
        return new TestImage(folder, file, new ImageReference("local", Name, digest));
    }
}
