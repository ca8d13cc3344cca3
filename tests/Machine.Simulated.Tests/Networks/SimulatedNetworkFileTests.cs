using System.Net;
using Provision.Machine.Conformance.Containers;
using Provision.Machine.Containers;
using Provision.Machine.Networks;
using Provision.Machine.Simulated.Tests.Images;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Machine.Simulated.Tests.Networks;

/// <summary>Networks in the file of a simulated machine.</summary>
public sealed class SimulatedNetworkFileTests : IDisposable
{
    private static readonly NetworkId Id = NetworkDerivation.IdOf(new UserId(KeyPair.Create().PublicKey), "net");
    private static readonly NetworkOrder Older = Holder("older", 1, "10.1.1.0/24");
    private static readonly NetworkOrder Newer = Holder("newer", 2, "10.1.1.0/25");
    private static readonly MemberOrder Member =
        new(Digest.Of("member"u8), Id, [IPAddress.Parse("10.1.1.5"), IPAddress.Parse("fd00::5")]);

    private readonly string folder = Directory.CreateTempSubdirectory("provision-test-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string File => Path.Combine(folder, "machine.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task They_survive_the_death_of_the_daemon_whole()
    {
        var before = await MadeAsync();

        var after = Attached();

        Assert.Equal(await TextOfAsync(before), await TextOfAsync(after));
        Assert.Equal([Newer.Holder, Older.Holder], Assert.Single(await after.Networks.ListAsync(Ct)).Holders);
        Assert.Empty((await after.Networks.MendAsync(Ct)).Mended);
        await after.Networks.LeaveAsync(Id, Member.Owner, Ct);
        await after.Networks.ReleaseAsync(Id, Newer.Holder, Ct);
        Assert.Equal([Older.Holder], Assert.Single(await Attached().Networks.ListAsync(Ct)).Holders);
    }

    [Fact]
    public async Task After_a_reboot_they_are_known_and_not_whole()
    {
        var before = await MadeAsync();

        var after = Attached("another boot");

        Assert.Equal(await TextOfAsync(before), await TextOfAsync(after));
        Assert.NotEmpty((await after.Networks.MendAsync(Ct)).Mended);
    }

    [Fact]
    public async Task A_container_is_in_its_network_after_the_death_of_the_daemon()
    {
        var machine = await MadeAsync();
        var root = new VolumeName(Machines.PoolName, Member.Owner);
        await machine.Storage.EnsureRootAsync(
            root, await TestImages.UnpackAsync(machine, TestPrograms.Image), new ByteSize(1 << 20), Ct);
        var order = new ContainerOrder
        {
            Owner = Member.Owner,
            Root = root,
            Arguments = ["run"],
            Environment = new Dictionary<string, string> { ["PATH"] = "/bin" },
            Cores = 1,
            Memory = new ByteSize(1 << 20),
            Network = Id,
        };
        await machine.Containers.EnsureAsync(order, Ct);

        Assert.Equal(Id, Attached().Containers.FindOrder(Member.Owner)?.Network);
    }

    [Fact]
    public async Task A_file_that_knows_none_is_read()
    {
        await System.IO.File.WriteAllTextAsync(File, """{"volumes":[]}""", Ct);

        Assert.Empty(await Attached().Networks.ListAsync(Ct));
    }

    [Theory]
    [InlineData("""{"id":"short","holders":[],"members":[]}""")]
    [InlineData("""{"id":"XVovHV2KjwWar","holders":[],"members":[]}""")]
    [InlineData("""{"id":"XVovHV2KjwWar","holders":[{"holder":"none"}],"members":[]}""")]
    [InlineData("""{"id":"XVovHV2KjwWar"}""")]
    public void One_of_something_else_is_refused(string network)
    {
        System.IO.File.WriteAllText(File, $$"""{"volumes":[],"networks":[{{network}}]}""");

        Assert.Equal(FaultCode.DataLoss, Assert.Throws<FaultException>(() => Attached()).Fault.Code);
    }

    private static NetworkOrder Holder(string name, long version, string subnet) => new()
    {
        Network = Id,
        Holder = Digest.Of(System.Text.Encoding.UTF8.GetBytes(name)),
        Version = version,
        Subnet = IPNetwork.Parse(subnet),
        Gateway = IPAddress.Parse("10.1.1.1"),
        Gateway6 = IPAddress.Parse("fd00::1"),
    };

    private static async Task<string> TextOfAsync(SimulatedMachine machine)
    {
        var network = Assert.Single(await machine.Networks.ListAsync(Ct));
        var members = network.Members.Select(member => $"{member.Owner} in {member.Network} at {string.Join(' ', member.Addresses)}");
        return $"{network.Id} {network.Subnet} {network.Gateway} {string.Join(' ', network.Holders)}: {string.Join(", ", members)}";
    }

    private async Task<SimulatedMachine> MadeAsync()
    {
        var machine = Attached();
        await machine.Networks.EnsureAsync(Older, Ct);
        await machine.Networks.EnsureAsync(Newer, Ct);
        await machine.Networks.JoinAsync(Member, Ct);
        return machine;
    }

    private SimulatedMachine Attached(string bootId = "this boot")
    {
        var machine = Machines.New();
        SimulatedMachineFile.Attach(machine, File, bootId);
        return machine;
    }
}
