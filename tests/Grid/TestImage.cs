using Provision.Images;
using Provision.Machine.Images;

namespace Provision.Grid;

/// <summary>An image of busybox, made for one grid and put where its node looks for images.</summary>
public sealed class TestImage
{
    private const string Shell = "busybox";
    private const string Busybox = "/bin/busybox";
    private static readonly string[] Applets =
    [
        "cat", "dd", "echo", "fallocate", "false", "httpd", "kill", "ls", "mkdir", "printf", "sh", "sha256sum", "sleep", "sync",
        "tee", "touch", "true", "wget",
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
    /// <param name="name">Its name.</param>
    /// <param name="ballastMiB">How large a file it holds that nobody needs, MiB.</param>
    public static TestImage Install(TestGrid grid, string name = "busybox", int ballastMiB = 0)
    {
        var folder = grid.In("image-" + name);
        var programs = Path.Combine(folder, "bin");
        Directory.CreateDirectory(programs);
        System.IO.File.Copy(Busybox, Path.Combine(programs, Shell));
        foreach (var applet in Applets)
        {
            System.IO.File.CreateSymbolicLink(Path.Combine(programs, applet), Shell);
        }

        if (ballastMiB > 0)
        {
            using var ballast = System.IO.File.Create(Path.Combine(folder, "ballast"));
            ballast.SetLength((long)ballastMiB << 20);
        }

        var file = grid.In("node", "images", name + ".tar");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var digest = ImageWriter.Write(folder, new ImageConfig { Entrypoint = ["/bin/sh"] }, file);
        return new TestImage(folder, file, new ImageReference("local", name, digest));
    }
}
