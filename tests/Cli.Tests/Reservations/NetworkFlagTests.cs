using System.Text;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Cli.Tests.Reservations;

/// <summary>Flags whose fields are inside an array, or an array of texts.</summary>
public sealed class NetworkFlagTests : IDisposable
{
    private static readonly string Image = $"local:busybox@sha256:{Digest.Of("image"u8)}";
    private readonly TemporaryFolder folder = new();

    public NetworkFlagTests() => SeedFile.Save(folder.File("identity.seed"), KeyPair.Create());

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("--name web", """{"name":"web"}""")]
    [InlineData("--name web --ip-range 10.7.0.0/16", """{"name":"web","ip_range":"10.7.0.0/16"}""")]
    [InlineData("--name web --subnet 10.1.9.0/24", """{"name":"web","net_resources":[{"subnet":"10.1.9.0/24"}]}""")]
    public async Task A_network_is_what_the_flags_say(string flags, string data) =>
        Assert.Equal(data, await DataAsync(["network", .. flags.Split(' ')]));

    [Fact]
    public async Task A_container_joins_with_as_many_addresses_as_are_given() => Assert.Equal(
        $$$"""{"flist":"{{{Image}}}","network":{"network_id":"web","ips":["10.1.1.5","10.1.1.6"]}}""",
        await DataAsync(["container", "--image", Image, "--network", "web", "--ip", "10.1.1.5", "--ip", "10.1.1.6"]));

    [Theory]
    [InlineData("network --name a/b", "--name is \"a/b\" (")]
    [InlineData("network --name web --subnet 10.1.1.0/30", "--subnet is \"10.1.1.0/30\" (give a prefix from /24 to /29)")]
    [InlineData("network --name web --ip-range 127.0.0.0/16", "--ip-range is 127.0.0.0/16, which has addresses of loopback (")]
    [InlineData("network --name web --ip-range 10.1.0.0/16 --subnet 10.2.0.0/24", "--subnet is 10.2.0.0/24, which is not in ip_range ")]
    [InlineData("container --network web --ip 10.1.1.5 --ip 10.1.1", "--ip 10.1.1 is \"10.1.1\" (give an IPv4 address")]
    [InlineData("container --network web/1", "--network is \"web/1\", which is no name of a network (")]
    [InlineData("container --ip 10.1.1.5", "--network is missing (")]
    public async Task Bad_input_is_told_by_its_flag(string words, string expected)
    {
        var run = await RunAsync([.. words.Split(' '), .. words.StartsWith('c') ? new[] { "--image", Image } : []]);
        Assert.NotEqual(0, run.Code);
        Assert.Contains($"\n  {expected}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_what_a_value_is()
    {
        var network = (await CommandRun.OfAsync("reservation", "create", "network", "--help")).Output;
        Assert.Contains("--ip-range <CIDR>", network, StringComparison.Ordinal);
        Assert.Contains("--subnet <CIDR>", network, StringComparison.Ordinal);
        var container = (await CommandRun.OfAsync("reservation", "create", "container", "--help")).Output;
        Assert.Contains("--network <NAME>", container, StringComparison.Ordinal);
        Assert.Contains("--ip <ADDRESS>", container, StringComparison.Ordinal);
    }

    private async Task<string> DataAsync(string[] words)
    {
        var run = await RunAsync(words);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return Assert.IsType<Reservation>(OrderJson.Read(Encoding.UTF8.GetBytes(run.Output))).Data.Text;
    }

    private Task<CommandRun> RunAsync(string[] words) => CommandRun.OfAsync(
        [
            "--identity", folder.File("identity.seed"), "reservation", "create", words[0], "--dry-run", "--node",
            KeyPair.FromSeed(new byte[KeyPair.SeedSize]).PublicKey.ToString(), .. words[1..],
        ]);
}
