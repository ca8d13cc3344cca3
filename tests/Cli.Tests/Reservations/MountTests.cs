using System.Text.Json;
using Provision.Cli.Tests.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Cli.Tests.Reservations;

/// <summary>Orders that name volumes, against a real explorer.</summary>
public sealed class MountTests : OnExplorer
{
    private static readonly string Image = $"local:busybox@sha256:{Digest.Of("image"u8)}";
    private readonly ReceiptMaker node = new();
    private readonly ReceiptMaker second = new(2);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected override async Task PrepareAsync()
    {
        await RegisterAsync(node);
        await RegisterAsync(second);
    }

    [Fact]
    public async Task An_alias_becomes_the_digest_and_its_node_the_node()
    {
        var volume = await VolumeAsync(second);
        var order = await DryRunAsync("--mount", $"{volume.Id}:/data");
        Assert.Equal(volume.Digest, order.GetProperty("data").GetProperty("mounts")[0].GetProperty("volume_id").GetString());
        Assert.Equal(second.Node.ToString(), order.GetProperty("node_id").GetString());
    }

    [Fact]
    public async Task A_digest_finds_its_node_and_beside_a_node_it_is_taken_as_it_is()
    {
        var volume = await VolumeAsync(second);
        var found = await DryRunAsync("--mount", $"{volume.Digest}:/data");
        Assert.Equal(second.Node.ToString(), found.GetProperty("node_id").GetString());

        var unknown = Digest.Of("nobody's"u8).ToString();
        var order = await DryRunAsync("--mount", $"{unknown}:/data", "--node", node.Node.ToString());
        Assert.Equal(unknown, order.GetProperty("data").GetProperty("mounts")[0].GetProperty("volume_id").GetString());
        Refused(FaultCode.NotFound, "names no reservation that this explorer knows", await CreateAsync("--mount", $"{unknown}:/data"));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found() => Refused(
        FaultCode.NotFound,
        "--mount 77-1:/data volume_id names no reservation that this explorer knows",
        await CreateAsync("--mount", "77-1:/data"));

    [Fact]
    public async Task Volumes_lie_on_the_node_of_the_order()
    {
        var (here, there) = (await VolumeAsync(node), await VolumeAsync(second));
        Refused(
            FaultCode.Invalid,
            $"--mount {there.Id}:/b volume_id names reservation {there.Id}, which is on node {second.Node}",
            await CreateAsync("--mount", $"{here.Id}:/a", "--mount", $"{there.Id}:/b"));
        Refused(
            FaultCode.Invalid,
            $"which is on node {node.Node}",
            await CreateAsync("--mount", $"{here.Id}:/a", "--node", second.Node.ToString()));
    }

    [Fact]
    public async Task A_strangers_volume_is_refused()
    {
        var theirs = await VolumeAsync(node, "stranger");
        Refused(FaultCode.Denied, "names a reservation of somebody else", await CreateAsync("--mount", $"{theirs.Id}:/data"));
    }

    [Fact]
    public async Task What_provides_no_volume_is_refused()
    {
        var container = SubmittedBy(await CreateAsync("--node", node.Node.ToString()));
        Refused(FaultCode.Invalid, "which is a container and no volume", await CreateAsync("--mount", $"{container.Id}:/data"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_others_build_on_is_cancelled_with_force_only(bool json)
    {
        var volume = await VolumeAsync(node);
        var container = SubmittedBy(await CreateAsync("--mount", $"{volume.Id}:/data"));

        var refused = await RunAsync(["reservation", "cancel", volume.Digest, .. json ? (string[])["--json"] : []]);
        Refused(FaultCode.Conflict, $"A reservation builds on {volume.Id} and would end with it: {container.Id}", refused);
        Assert.Equal(json, refused.Error.StartsWith('{'));
        Assert.Equal("pending", await StatusAsync(volume));

        Assert.Equal(0, (await RunAsync("reservation", "cancel", volume.Id, "--force")).Code);
        Assert.Equal("cancelling", await StatusAsync(volume));

        // It is cancelled already: nothing more ends by saying so again.
        Assert.Equal(0, (await RunAsync("reservation", "cancel", volume.Id)).Code);
    }

    // Other clients than ours may sign aliases; the node takes them.
    [Fact]
    public async Task An_order_that_names_its_volume_by_alias_builds_on_it_too()
    {
        var volume = await VolumeAsync(node);
        var owner = SeedFile.Load(Seed("user"));
        await Client.SubmitAsync(
            owner.Sign(new Reservation
            {
                Node = node.Node,
                User = new UserId(owner.PublicKey),
                Kind = "container",
                Data = CanonicalJson.Of($$$"""{"flist":"{{{Image}}}","mounts":[{"volume_id":"{{{volume.Id}}}","mountpoint":"/data"}]}"""),
                Created = TimeProvider.System.GetUtcNow(),
                Duration = TimeSpan.FromHours(1),
                Nonce = "0123456789abcdef",
            }),
            Ct);
        Refused(FaultCode.Conflict, "would end with it: ", await RunAsync("reservation", "cancel", volume.Id));
    }

    [Fact]
    public async Task What_ends_anyway_needs_no_force()
    {
        var (volume, other) = (await VolumeAsync(node), await VolumeAsync(node));
        var container = SubmittedBy(await CreateAsync("--mount", $"{volume.Id}:/data"));
        Assert.Equal(0, (await RunAsync("reservation", "cancel", other.Id)).Code);
        Assert.Equal(0, (await RunAsync("reservation", "cancel", container.Id)).Code);
        Assert.Equal(0, (await RunAsync("reservation", "cancel", volume.Id)).Code);
    }

    private static void Refused(FaultCode code, string saying, CommandRun run)
    {
        Assert.Equal((ExitCodes.Of(code), ""), (run.Code, run.Output));
        Assert.Contains(saying, run.Error, StringComparison.Ordinal);
    }

    private static (string Id, string Digest) SubmittedBy(CommandRun run)
    {
        Assert.Equal((0, ""), (run.Code, run.Error));
        var json = JsonElement.Parse(run.Output);
        return (json.GetProperty("id").GetString()!, json.GetProperty("digest").GetString()!);
    }

    private Task<CommandRun> CreateAsync(params string[] flags) =>
        RunAsync(["reservation", "create", "container", "--image", Image, "--json", .. flags]);

    private async Task<JsonElement> DryRunAsync(params string[] flags)
    {
        var run = await CreateAsync(["--dry-run", .. flags]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return JsonElement.Parse(run.Output).GetProperty("reservation");
    }

    private async Task<(string Id, string Digest)> VolumeAsync(ReceiptMaker where, string identity = "user") => SubmittedBy(
        await RunAsAsync(identity, "reservation", "create", "volume", "--size", "1", "--json", "--node", where.Node.ToString()));

    private async Task<string> StatusAsync((string Id, string Digest) order) =>
        JsonElement.Parse((await RunAsync("reservation", "show", order.Id, "--json")).Output).GetProperty("status").GetString()!;

    private Task<CommandRun> RunAsync(params string[] args) => RunAsAsync("user", args);

    private Task RegisterAsync(ReceiptMaker registered) => Client.RegisterAsync(
        new NodeRegistration
        {
            Node = registered.Node,
            Farm = new FarmId(registered.Key.PublicKey),
            Kinds = "volume container",
            Created = TimeProvider.System.GetUtcNow(),
        }.Sign(registered.Key),
        Ct);
}
