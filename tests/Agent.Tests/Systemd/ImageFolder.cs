using Provision.Grid;

namespace Provision.Agent.Tests.Systemd;

/// <summary>What becomes the root of a machine, with the programs in it, as one who makes images has it.</summary>
public sealed class ImageFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ImageFolder()
    {
        var from = System.IO.Path.GetDirectoryName(Programs.Provisiond)!;
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = File("opt", "my node", System.IO.Path.GetRelativePath(from, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            System.IO.File.Copy(file, copy);
        }
    }

    /// <summary>Where the program is on that machine.</summary>
    public static string ProgramPath => "/opt/my node/provisiond";

    /// <summary>The folder.</summary>
    public string Path => folder.Path;

    /// <summary>The program in it.</summary>
    public string Program => Path + ProgramPath;

    public string File(params ReadOnlySpan<string> path) => folder.File(path);

    /// <summary>Leaves only the programs.</summary>
    public void Clear()
    {
        if (Directory.Exists(File("etc")))
        {
            Directory.Delete(File("etc"), recursive: true);
        }
        else
        {
            System.IO.File.Delete(File("etc"));
        }
    }

    public void Dispose() => folder.Dispose();
}
