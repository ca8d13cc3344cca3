using System.Text;
using System.Text.Json;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Secrets;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Workloads;
using Xunit;

namespace Provision.Cli.Tests.Reservations;

/// <summary>Flags of a kind whose <c>data</c> is more than flat.</summary>
public sealed class FlagTests : IDisposable
{
    private const string Secret = "correct horse";
    private static readonly KeyPair Node = KeyPair.FromSeed(new byte[KeyPair.SeedSize]);
    private static readonly string Volume = Digest.Of("volume"u8).ToString();
    private static readonly string[] Image = ["--image", $"local:busybox@sha256:{Digest.Of("image"u8)}"];
    private readonly TemporaryFolder folder = new();

    public FlagTests() => SeedFile.Save(folder.File("identity.seed"), KeyPair.Create());

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Data_is_what_the_flags_say()
    {
        string[] texts = ["--entrypoint", "sh -c 'echo hi'", "--env", "A=b=c", "--env", "E="];
        var order = await OrderAsync([.. Image, .. texts, "--mount", $"{Volume}:/data:1", "--memory", "64", "--cpu", "2"]);
        Assert.Equal(
            $$$"""
            {"flist":"{{{Image[1]}}}","entrypoint":"sh -c 'echo hi'","env":{"A":"b=c","E":""},
            "mounts":[{"volume_id":"{{{Volume}}}","mountpoint":"/data:1"}],"capacity":{"cpu":2,"memory":64}}
            """.ReplaceLineEndings(""),
            order.Data.Text);
    }

    [Fact]
    public async Task What_is_not_given_is_left_out() =>
        Assert.Equal($$"""{"flist":"{{Image[1]}}"}""", (await OrderAsync(Image)).Data.Text);

    [Theory]
    [InlineData(Secret, Secret)]
    [InlineData(Secret + "\n", Secret)]
    [InlineData(Secret + "\n\n", Secret + "\n")]
    [InlineData(Secret + "\r\n", Secret + "\r")]
    [InlineData("", "")]
    [InlineData("\n", "")]
    public async Task A_secret_is_what_its_file_holds_less_one_newline(string content, string expected)
    {
        var order = await OrderAsync([.. Image, "--secret-env", $"P={File(content)}"]);
        Assert.Equal(expected, Open(order, "P"));
    }

    [Fact]
    public async Task A_secret_comes_from_standard_input_too_and_the_longest_one_fits()
    {
        var longest = new string('x', SealedSecret.SizeMax);
        var order = Read(await RunAsync(longest + "\n", [.. Image, "--secret-env", "P=-", "--secret-env", $"Q={File(Secret)}"]));
        Assert.Equal((longest, Secret), (Open(order, "P"), Open(order, "Q")));
    }

    [Fact]
    public async Task Nobody_but_the_node_opens_it_nor_in_another_order()
    {
        string[] flags = [.. Image, "--secret-env", $"P={File(Secret)}", "--secret-env", $"Q={File(Secret)}"];
        var (order, other) = (await OrderAsync(flags), await OrderAsync(flags));
        Assert.DoesNotContain(Secret, OrderJson.Write(order).Text, StringComparison.Ordinal);
        Assert.Throws<FaultException>(() => SealedSecret.Open(Sealed(order, "P"), Node, Binding(order, "Q")));
        Assert.Throws<FaultException>(() => SealedSecret.Open(Sealed(order, "P"), Node, Binding(other, "P")));
        Assert.Throws<FaultException>(() => SealedSecret.Open(Sealed(order, "P"), KeyPair.Create(), Binding(order, "P")));
    }

    [Theory]
    [InlineData("--secret-env", "hunter2", "--secret-env has no = (")]
    [InlineData("--secret-env", "P=hunter2", "--secret-env P names a file that does not exist (")]
    [InlineData("--secret-env", "P=/dev/null/hunter2", "--secret-env P names a file that ")]
    [InlineData("--secret-env", "P=", "--secret-env P names no file (")]
    [InlineData("--secret-env", "P=/", "--secret-env P names a file that you cannot read (")]
    [InlineData("--secret-env", "=/dev/null", "--secret-env \"\" is no name of a variable (")]
    [InlineData("--secret-env", "1P=/dev/null", "--secret-env 1P is no name of a variable (")]
    [InlineData("--env", "A", "--env is \"A\" (write NAME=VALUE)")]
    [InlineData("--env", "=b", "--env \"\" is no name of a variable (")]
    [InlineData("--env", "a/b~c=d", "--env a/b~c is no name of a variable (")]
    [InlineData("--mount", "12-1", "--mount 12-1 mountpoint is missing (")]
    [InlineData("--mount", "12:/data", "--mount 12:/data volume_id is \"12\" (")]
    [InlineData("--mount", "12-1:/data/..", "--mount 12-1:/data/.. mountpoint is \"/data/..\" (")]
    [InlineData("--mount", "", "--mount  volume_id is \"\" (")]
    [InlineData("--cpu", "1.5", "--cpu is \"1.5\", which is not a whole number (")]
    [InlineData("--memory", "1", "--memory is 1 (")]
    public async Task Bad_input_is_told_by_its_flag(string flag, string value, string expected)
    {
        var run = await RunAsync("", [.. Image, flag, value]);
        Refused(run);
        Assert.Contains($"\n  {expected}", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("correct\0horse", "holds a NUL")]
    [InlineData("correct horse\u00ff", "is not text in UTF-8")]
    public async Task A_file_that_holds_no_secret_is_refused_and_not_shown(string content, string expected)
    {
        var file = folder.File("latin");
        await System.IO.File.WriteAllBytesAsync(file, Encoding.Latin1.GetBytes(content), TestContext.Current.CancellationToken);
        Refused(await RunAsync("", [.. Image, "--secret-env", $"P={file}"]), $"--secret-env P {expected}");
    }

    [Fact]
    public async Task A_secret_that_is_too_long_is_refused()
    {
        var file = File(new string('x', SealedSecret.SizeMax + 1));
        Refused(await RunAsync("", [.. Image, "--secret-env", $"P={file}"]), "P has more than");
        Refused(await RunAsync("", [.. Image, "--secret-env", "P=/dev/zero"]), "P has more than");
    }

    [Fact]
    public async Task Standard_input_is_one_secret() => Refused(
        await RunAsync(Secret, [.. Image, "--secret-env", "P=-", "--secret-env", "Q=-"]),
        "--secret-env Q is to be read from standard input");

    [Fact]
    public async Task A_name_is_given_once()
    {
        Refused(await RunAsync("", [.. Image, "--env", "A=1", "--env", "A=2"]), "--env A is given twice");
        Refused(await RunAsync(Secret, [.. Image, "--secret-env", "A=-", "--secret-env", "A=-"]), "--secret-env A is given twice");
        Refused(await RunAsync(Secret, [.. Image, "--secret-env", "A=-", "--env", "A=1"]), "--secret-env A is in env, too");
    }

    [Fact]
    public async Task All_problems_come_at_once_for_machines_by_their_place()
    {
        string[] bad = ["--env", "A", "--secret-env", "P=", "--mount", "12-1:/data", "--mount", "x:/", "--cpu", "x"];
        var run = await RunAsync("", [.. bad, "--json"]);
        var fault = StrictJson.Read(JsonElement.Parse(run.Error), "fault", FaultJson.Read);
        Assert.Equal(
            ["env", "secret_env/P", "flist", "mounts/1/volume_id", "mounts/1/mountpoint", "capacity/cpu"],
            fault.Problems.Select(problem => problem.Pointer["/reservation/data/".Length..]));
    }

    [Fact]
    public async Task What_no_explorer_would_take_is_not_signed_away()
    {
        var file = File(new string('x', SealedSecret.SizeMax));
        var secrets = Enumerable.Range(0, 9).SelectMany(index => (string[])["--secret-env", $"P{index}={file}"]);
        var run = await RunAsync("", [.. Image, .. secrets]);
        Assert.Equal((ExitCodes.Of(FaultCode.Invalid), ""), (run.Code, run.Output));
        Assert.Contains("/reservation/data has ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sealed_to_a_node_that_cannot_be()
    {
        string[] weak = ["--node", PublicKey.Of([1, .. new byte[PublicKey.Size - 1]]).ToString()];
        var run = await RunAsync(Secret, [.. Image, "--secret-env", "P=-"], weak);
        Refused(run);
        Assert.Contains("it is no key that anybody can hold", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_is_looked_up_even_for_a_dry_run()
    {
        var run = await RunAsync("", [.. Image, "--mount", "12-1:/data"]);
        Refused(run);
        Assert.Contains("No explorer was named", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_says_where_secrets_come_from()
    {
        var help = (await CommandRun.OfAsync("reservation", "create", "container", "--help")).Output;
        Assert.Contains("--secret-env <NAME=FILE>", help, StringComparison.Ordinal);
        Assert.Contains("--env <NAME=VALUE>", help, StringComparison.Ordinal);
        Assert.Contains("--mount <VOLUME-ID:MOUNTPOINT>", help, StringComparison.Ordinal);
        Assert.Contains("never written on the command line", help, StringComparison.Ordinal);
        var suggested = await CommandRun.OfAsync("[suggest:41]", "provision reservation create container --s");
        Assert.Equal("--secret-env", Assert.Single(suggested.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void No_kind_has_two_flags_of_one_name_or_one_of_ours()
    {
        string[] ours = ["node", "duration", "dry-run", "follow", "timeout", "explorer", "identity", "json", "wait", "help"];
        foreach (var module in WorkloadCatalog.All)
        {
            var flags = module.Fields.Select(field => field.Flag).ToList();
            Assert.Distinct(flags);
            Assert.Empty(flags.Intersect(ours));
        }
    }

    private static Reservation Read(CommandRun run)
    {
        Assert.Equal((0, ""), (run.Code, run.Error));
        return OrderVerifier.Verify(Assert.IsType<Reservation>(OrderJson.Read(Encoding.UTF8.GetBytes(run.Output)))).Order;
    }

    private static string Sealed(Reservation order, string name) =>
        order.Data.ToElement().GetProperty("secret_env").GetProperty(name).GetString()!;

    private static SecretBinding Binding(Reservation order, string name) => new(order.User, order.Kind, $"/secret_env/{name}", order.Nonce);

    private static string Open(Reservation order, string name) => SealedSecret.Open(Sealed(order, name), Node, Binding(order, name));

    private static void Refused(CommandRun run, string saying = "")
    {
        Assert.Equal((ExitCodes.Of(FaultCode.Invalid), ""), (run.Code, run.Output));
        Assert.Contains(saying, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", run.Error, StringComparison.Ordinal);
    }

    private string File(string content)
    {
        var path = folder.File(Guid.NewGuid().ToString());
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    private async Task<Reservation> OrderAsync(string[] flags) => Read(await RunAsync("", flags));

    private async Task<CommandRun> RunAsync(string input, string[] flags, string[]? node = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(input));
        return await CommandRun.OfAsync(
            TimeProvider.System,
            stream,
            [
                "--identity", folder.File("identity.seed"), "reservation", "create", "container", "--dry-run",
                .. node ?? ["--node", Node.PublicKey.ToString()], .. flags,
            ]);
    }
}
