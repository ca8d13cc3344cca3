namespace Provision.Agent.Tests;

/// <summary>A folder of one test, gone when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("provision-agent-");

    public string Path => folder.FullName;

    public string File(params ReadOnlySpan<string> path) => System.IO.Path.Combine([folder.FullName, .. path]);

    /// <summary>Writes a file that nobody else may change, and returns its path.</summary>
    public string Write(string name, string text)
    {
        var path = File(name);
        System.IO.File.WriteAllText(path, text);
        System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
