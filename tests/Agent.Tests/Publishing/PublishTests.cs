using Provision.Grid;
using Xunit;

namespace Provision.Agent.Tests.Publishing;

/// <summary>eng/publish and eng/program in a tree of their own, with a compiler that only makes the files it would make.</summary>
public sealed class PublishTests : IDisposable
{
    private const UnixFileMode Runs = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string Compiler = """
        #!/bin/sh
        while [ "$1" != --output ]; do shift; done
        mkdir -p "$2"
        for file in provisiond provision libsodium.so provisiond.pdb; do echo new >"$2/$file"; done

        """;

    private static readonly DateTime Past = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryFolder tree = new();

    public PublishTests()
    {
        foreach (var folder in new[] { "eng", "bin", "src/Agent", "away" })
        {
            Directory.CreateDirectory(tree.File(folder));
        }

        foreach (var script in new[] { "eng/publish", "eng/program" })
        {
            Write(script, File.ReadAllText(Path.Combine(Programs.Root, script)));
        }

        Write("eng/install", "#!/bin/sh\n");
        Write("bin/dotnet", Compiler);
        string[] sources = ["src/Agent/A.cs", "src/Agent/B.cs", "Directory.Build.props", "Directory.Packages.props", "global.json"];
        foreach (var source in sources)
        {
            Write(source, "");
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(tree.Path, "*", SearchOption.AllDirectories).Append(tree.Path).ToList())
        {
            File.SetLastWriteTimeUtc(entry, Past);
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("programs")]
    [InlineData("programs/")]
    [InlineData("./deep/programs")]
    public async Task Programs_go_beside_what_a_folder_of_the_caller_has_already(string folder)
    {
        var place = tree.File("away", folder);
        Directory.CreateDirectory(place);
        await File.WriteAllTextAsync(Path.Combine(place, "mine"), "kept", Ct);
        await File.WriteAllTextAsync(Path.Combine(place, "provision"), "old", Ct);
        using var running = File.OpenRead(Path.Combine(place, "provision"));

        var run = await PublishAsync(folder);
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(
            ["libsodium.so", "mine", "provision", "provisiond"], Directory.EnumerateFiles(place).Select(Path.GetFileName).Order());
        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(place, "mine"), Ct));
        Assert.Equal("new\n", await File.ReadAllTextAsync(Path.Combine(place, "provision"), Ct));
        using var reader = new StreamReader(running);
        Assert.Equal("old", await reader.ReadToEndAsync(Ct));
        Assert.True(File.GetUnixFileMode(Path.Combine(place, "provisiond")).HasFlag(UnixFileMode.OtherExecute));
        Assert.False(await IsPublishedAsync());
    }

    [Fact]
    public async Task What_is_no_folder_is_said_before_anything_is_compiled()
    {
        await File.WriteAllTextAsync(tree.File("away", "file"), "", Ct);
        var run = await PublishAsync("file");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is no folder that this user may write to", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(tree.File("artifacts")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("echo >>src/Agent/A.cs")]
    [InlineData("rm src/Agent/A.cs")]
    [InlineData("mv src/Agent/A.cs src/Agent/C.cs")]
    [InlineData("mv src/Agent src/Agency")]
    [InlineData("rm global.json")]
    public async Task Programs_are_of_these_sources_until_one_is_changed_renamed_or_gone(string? change)
    {
        var run = await PublishAsync();
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.True(await IsPublishedAsync());
        if (change is not null)
        {
            // A file system need not tell moments apart that are this near.
            File.SetLastWriteTimeUtc(tree.File("artifacts/programs/made"), Past.AddDays(1));
            Assert.True(await IsPublishedAsync());
            await CommandRun.RunAsync("/bin/sh", ["-c", $"cd '{tree.Path}' && {change}"]);
            Assert.False(await IsPublishedAsync());
        }
    }

    public void Dispose() => tree.Dispose();

    private void Write(string name, string text) => File.SetUnixFileMode(tree.Write(name, text), Runs);

    private Task<CommandRun> PublishAsync(params IReadOnlyList<string> arguments) => CommandRun.RunAsync(
        "/bin/sh",
        ["-c", "cd \"$0\" && exec ../eng/publish \"$@\"", tree.File("away"), .. arguments],
        new Dictionary<string, string> { ["PATH"] = $"{tree.File("bin")}:/usr/bin:/bin" });

    private async Task<bool> IsPublishedAsync() =>
        (await CommandRun.RunAsync(tree.File("eng/program"), ["--published"])).ExitCode == 0;
}
