using System.Text.Json;
using Provision.Images;
using Provision.Machine.Images;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Cli.Tests.Images;

public sealed class ImageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string root;
    private readonly string output;

    public ImageTests()
    {
        (root, output) = (folder.File("root"), folder.File("web.tar"));
        Directory.CreateDirectory(root);
        File.WriteAllText(Path.Combine(root, "motd"), "hello");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_folder_becomes_an_image_that_can_be_ordered()
    {
        var built = await BuildAsync(
            "--entrypoint", "/bin/sh", "--entrypoint", "-c", "--command", "a b", "--env", "A=b=c", "--user", "1:2");
        Assert.Equal(0, built.Code);
        var lines = built.Output.Split('\n');
        var reference = lines[2]["reference  ".Length..];
        Assert.True(ImageReference.TryParse(reference, out var parsed));
        Assert.Equal(("local", "web", $"digest     {parsed.Digest}"), (parsed.Scheme, parsed.Location, lines[0]));
        Assert.Contains("images/ folder of the node", built.Error, StringComparison.Ordinal);

        using var archive = ImageArchive.Open(output);
        Assert.Equivalent(
            new ImageConfig { Entrypoint = ["/bin/sh", "-c"], Command = ["a b"], Environment = ["A=b=c"], User = "1:2" },
            archive.ReadConfig(parsed.Digest),
            strict: true);

        var shown = await CommandRun.OfAsync("image", "show", output);
        Assert.Equal(
            $"""
            digest      {parsed.Digest}
            reference   {reference}
            entrypoint  /bin/sh
            entrypoint  -c
            command     a b
            env         A=b=c
            user        1:2
            workdir     /

            """,
            shown.Output);
    }

    [Fact]
    public async Task Machines_read_the_same()
    {
        var built = JsonElement.Parse((await BuildAsync("--json", "--workdir", "/srv", "--created", "2026-01-31T12:00:00Z")).Output);
        var shown = JsonElement.Parse((await CommandRun.OfAsync("image", "show", output, "--json")).Output).GetProperty("images")[0];
        foreach (var key in (string[])["digest", "reference"])
        {
            Assert.Equal(built.GetProperty(key).GetString(), shown.GetProperty(key).GetString());
        }

        Assert.Equal(new FileInfo(output).Length, built.GetProperty("size").GetInt64());
        Assert.Equal(output, built.GetProperty("path").GetString());
        Assert.Equal("/srv", shown.GetProperty("workdir").GetString());
    }

    [Fact]
    public async Task The_same_folder_gives_the_same_lines()
    {
        var first = await BuildAsync();
        File.SetLastWriteTimeUtc(Path.Combine(root, "motd"), DateTime.UnixEpoch);
        Assert.Equal(first, await BuildAsync("--force"));
    }

    [Theory]
    [InlineData(FaultCode.Invalid, "--env \"A\" is no variable", "--env", "A")]
    [InlineData(FaultCode.Invalid, "--env \"=A\" is no variable", "--env", "=A")]
    [InlineData(FaultCode.Invalid, "--created \"today\" is no moment", "--created", "today")]
    [InlineData(FaultCode.Invalid, "--created \"1969-12-31T23:59:59Z\" is no moment", "--created", "1969-12-31T23:59:59Z")]
    [InlineData(FaultCode.Invalid, "--colour", "--colour")]
    public async Task What_was_typed_wrong_is_said_and_nothing_is_made(FaultCode code, string expected, params string[] more)
    {
        var run = await BuildAsync(more);
        Assert.Equal(ExitCodes.Of(code), run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    [Theory]
    [InlineData("none", "web.tar", FaultCode.NotFound, "There is no")]
    [InlineData("root/motd", "web.tar", FaultCode.Invalid, "is not a folder")]
    [InlineData("root", "root/web.tar", FaultCode.Invalid, "The output is inside the folder")]
    [InlineData("root", "there.tar", FaultCode.Conflict, "There is something at")]
    [InlineData("root", "none/web.tar", FaultCode.NotFound, "There is no")]
    [InlineData("root", "a b.tar", FaultCode.Invalid, "No order can name an image \"a b.tar\"")]
    [InlineData("root", ".tar", FaultCode.Invalid, "No order can name an image")]
    public async Task Places_that_do_not_do_are_refused(string input, string name, FaultCode code, string expected)
    {
        File.WriteAllText(folder.File("there.tar"), "precious");
        var run = await CommandRun.OfAsync("image", "build", folder.File(input), "--output", folder.File(name));
        Assert.Equal(ExitCodes.Of(code), run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Contains("remedy: ", run.Error, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(folder.File("there.tar")));
    }

    [Fact]
    public async Task What_holds_no_images_is_said()
    {
        var run = await CommandRun.OfAsync("image", "show", Path.Combine(root, "motd"));
        Assert.Equal(ExitCodes.Of(FaultCode.Invalid), run.Code);
        Assert.Contains("motd cannot be read as an archive of images", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Of(FaultCode.NotFound), (await CommandRun.OfAsync("image", "show", folder.File("none"))).Code);
    }

    private Task<CommandRun> BuildAsync(params string[] more) =>
        CommandRun.OfAsync(["image", "build", root, "--output", output, .. more]);
}
