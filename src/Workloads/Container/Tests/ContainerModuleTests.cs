using System.Text.Json;
using Provision.Machine.Images;
using Provision.Machine.Storage;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Workloads.Container.Tests;

public sealed class ContainerModuleTests
{
    private const string Image = "local:busybox@sha256:0000000000000000000000000000000000000000000000000000000000000000";
    private static readonly Digest Owner = Digest.Of("owner"u8);
    private static readonly Digest Volume = Digest.Of("volume"u8);
    private static readonly Digest Other = Digest.Of("other volume"u8);
    private readonly ContainerModule module = new();

    private static MachineFacts Facts { get; } = new([Pool("spin", DiskType.Hdd, 90, 0), Pool("flash", DiskType.Ssd, 10, 9)])
    {
        Cores = 4,
        Memory = ByteSize.GiB(2),
        MemoryPromised = ByteSize.GiB(1),
        Volumes =
        [
            new(new ReservationId(12, 1), Volume, new VolumeName("spin", Volume)),
            new(new ReservationId(13, 1), Other, new VolumeName("flash", Other)),
        ],
    };

    [Fact]
    public void It_claims_its_root_of_a_flash_pool_and_its_memory_of_the_machine()
    {
        var plan = Plan("""{"cpu":2,"memory":300,"disk":500}""");

        Assert.Equal([new Claim("flash", new ByteSize(500L << 20))], plan.Claims);
        Assert.Equal(new ByteSize(300L << 20), plan.Memory);
        Assert.Empty(plan.Needs);
        Assert.All(plan.Steps, step => Assert.Equal("flash", ((RootStep)step).Pool));
        Assert.Equal(500L << 20, ((EnsureRoot)plan.Steps[1]).Limit);
        Assert.Equal((2, 300L << 20), ((RunContainer)plan.Steps[2]) is var run ? (run.Cores, run.Memory) : default);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"cpu":0,"memory":0}""")]
    public void What_the_order_leaves_open_is_one_core_and_256_MiB_of_memory_and_of_disk(string capacity)
    {
        var run = (RunContainer)Plan(capacity).Steps[2];
        Assert.Equal((1, 256L << 20), (run.Cores, run.Memory));
        Assert.Equal(256L << 20, ((EnsureRoot)Plan(capacity).Steps[1]).Limit);
    }

    [Fact]
    public void A_root_that_flash_cannot_hold_goes_to_another_pool() =>
        Assert.Equal("spin", Assert.Single(Plan("""{"disk":2048}""").Claims).Pool);

    [Theory]
    [InlineData("""{"cpu":5}""", "/capacity/cpu", "this node has 4")]
    [InlineData("""{"memory":1025}""", "/capacity/memory", "1024 MiB left of the 2048 MiB offered, 1024 MiB are promised")]
    [InlineData("""{"disk":92161}""", "/capacity/disk", "most room has 92160 MiB left of the 92160 MiB offered")]
    public void What_the_node_has_not_got_is_refused_with_what_it_has(string capacity, string pointer, string reason)
    {
        var fault = Assert.Throws<FaultException>(() => Plan(capacity)).Fault;
        Assert.Equal(FaultCode.OutOfCapacity, fault.Code);
        var problem = Assert.Single(fault.Problems);
        Assert.Equal("/reservation/data" + pointer, problem.Pointer);
        Assert.Contains(reason, problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Cores_are_shared_until_the_farmer_bounds_their_sum()
    {
        const string two = "\"capacity\":{\"cpu\":2}";
        Assert.Equal(2, PlanWith(two, Facts with { CoresPromised = 1000 }).Cores);
        Assert.Equal(2, PlanWith(two, Facts with { CoresPromised = 6, CoresBound = 8 }).Cores);
        foreach (var (promised, left) in new[] { (7, 1), (9, 0) })
        {
            var facts = Facts with { CoresPromised = promised, CoresBound = 8 };
            var fault = Assert.Throws<FaultException>(() => PlanWith(two, facts)).Fault;
            var problem = Assert.Single(fault.Problems);
            Assert.Equal((FaultCode.OutOfCapacity, "/reservation/data/capacity/cpu"), (fault.Code, problem.Pointer));
            Assert.Equal($"asks for 2 cores; this node has {left} left of the 8 offered, {promised} are promised", problem.Reason);
        }
    }

    [Fact]
    public void A_root_that_the_bound_on_flash_keeps_out_goes_to_another_pool()
    {
        var facts = Facts with
        {
            Pools = [Facts.Pools[0], Facts.Pools[1] with { Bound = new Portion(ByteSize.GiB(9), ByteSize.GiB(9)) }],
        };
        Assert.Equal("flash", Assert.Single(Plan("{}").Claims).Pool);
        Assert.Equal("spin", Assert.Single(PlanWith("\"capacity\":{}", facts).Claims).Pool);
    }

    [Fact]
    public void Volumes_are_found_by_digest_and_by_alias_and_needed_once()
    {
        var plan = PlanWith(
            $$"""
            "mounts":[{"volume_id":"{{Volume}}","mountpoint":"/a"},
            {"volume_id":"13-1","mountpoint":"b//c/./d/"},{"volume_id":"12-1","mountpoint":"/e"}]
            """);

        Assert.Equal([Volume, Other], plan.Needs);
        Assert.Equal(
            [
                new MountStep("spin", Volume.ToString(), "/a"),
                new MountStep("flash", Other.ToString(), "/b/c/d"),
                new MountStep("spin", Volume.ToString(), "/e"),
            ],
            ((RunContainer)plan.Steps[2]).Mounts);
    }

    [Fact]
    public void A_volume_that_is_not_among_the_owner_s_is_not_found()
    {
        var fault = Assert.Throws<FaultException>(() => PlanWith(
            """
            "mounts":[{"volume_id":"12-1","mountpoint":"/a"},{"volume_id":"99-1","mountpoint":"/b"}]
            """)).Fault;
        Assert.Equal(FaultCode.NotFound, fault.Code);
        Assert.Equal("/reservation/data/mounts/1/volume_id", Assert.Single(fault.Problems).Pointer);
    }

    [Fact]
    public void An_alias_of_two_orders_is_refused_and_their_digests_are_not()
    {
        var facts = Facts with
        {
            Volumes = [.. Facts.Volumes, new(new ReservationId(12, 1), Owner, new VolumeName("flash", Owner))],
        };
        string Mount(string id) => $$"""
            "mounts":[{"volume_id":"{{id}}","mountpoint":"/a"}]
            """;

        Assert.Equal(FaultCode.Conflict, Assert.Throws<FaultException>(() => PlanWith(Mount("12-1"), facts)).Fault.Code);
        Assert.Equal([Volume], PlanWith(Mount(Volume.ToString()), facts).Needs);
    }

    [Theory]
    [InlineData(1, 1024, 1, 1)]
    [InlineData(2, 2000, 2, 2)]
    [InlineData(3, 1025, 3, 2)]
    public void Units_are_cores_and_begun_GiB_of_memory(int cpu, int memory, long cru, long mru) => Assert.Equal(
        new ResourceUnits(cru, mru, 0, 0),
        module.Units(CanonicalJson.Of($$"""{"flist":"{{Image}}","capacity":{"cpu":{{cpu}},"memory":{{memory}} } }""")));

    [Theory]
    [InlineData("http://bob:hunter2@host/x.tar@DIGEST")]
    [InlineData("https://hunter2@host/x.tar@DIGEST")]
    [InlineData("http:/bob:hunter2@host/x.tar@DIGEST")]
    [InlineData("https:\\\\bob:hunter2@host/x.tar@DIGEST")]
    [InlineData("http://bob:hunter2@host/x.tar")]
    [InlineData("http://bob:hunter2@host/x.tar@sha256:12")]
    [InlineData("ftp://bob:hunter2@host/x.tar@DIGEST")]
    [InlineData("local:bob:hunter2@host@DIGEST")]
    public void A_password_in_an_address_is_refused_and_not_repeated(string address)
    {
        var text = address.Replace("DIGEST", Image.Split('@')[1], StringComparison.Ordinal);
        var problem = Assert.Single(module.Validate(CanonicalJson.Of($$"""{"flist":{{JsonSerializer.Serialize(text)}}}""")));
        Assert.Equal("/reservation/data/flist", problem.Pointer);
        Assert.DoesNotContain("hunter2", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://host:8443/a/@scope/x.tar?at=us@home@DIGEST")]
    [InlineData("http://192.168.1.9:5000/x@DIGEST")]
    public void A_sign_of_at_in_a_path_is_no_user(string address) => Assert.Empty(module.Validate(
        CanonicalJson.Of($$"""{"flist":"{{address.Replace("DIGEST", Image.Split('@')[1], StringComparison.Ordinal)}}"}""")));

    [Fact]
    public void The_result_names_the_container_by_the_alias_of_its_reservation() =>
        Assert.Equal("""{"id":"12-1","ipv4":"","ipv6":""}""", module.Result(new ReservationId(12, 1), null).Text);

    [Fact]
    public void The_journal_s_form_of_the_steps_never_changes()
    {
        Assert.Equal(
            """{"image":"i","owner":"o","pool":"p","step":"ensure-image"}""",
            Sorted(new EnsureImage("p", "o", "i")));
        Assert.Equal(
            """{"image":"i","limit":5,"owner":"o","pool":"p","step":"ensure-root"}""",
            Sorted(new EnsureRoot("p", "o", "i", 5)));
        Assert.Equal(
            """
            {"arguments":["a"],"cores":2,"environment":{"B":"c"},"image":"i","memory":7,"mounts":[{"pool":"q","owner":"v","target":"/t"}],
            "nonce":"n","owner":"o","pool":"p","secrets":{"S":"00"},"step":"run-container","user":"u"}
            """.ReplaceLineEndings(""),
            Sorted(new RunContainer("p", "o", "i")
            {
                Arguments = ["a"],
                Environment = new Dictionary<string, string> { ["B"] = "c" },
                Secrets = new Dictionary<string, string> { ["S"] = "00" },
                User = "u",
                Nonce = "n",
                Mounts = [new MountStep("q", "v", "/t")],
                Cores = 2,
                Memory = 7,
            }));
    }

    [Theory]
    [InlineData(32, 60, true)]
    [InlineData(33, 60, false)]
    [InlineData(20, 110, false)]
    public async Task A_path_of_many_folders_is_refused(int folders, int size, bool taken)
    {
        using var world = new SimulatedWorld(powerFails: false);
        world.Simulated.Images.Local.Add(ImageReference.TryParse(Image, out var image) ? image : null!, SimulatedWorld.ImageContent);
        var path = string.Join(':', Enumerable.Repeat(new string('a', size), folders - 1).Append("/bin"));
        var plan = PlanWith($$"""
            "entrypoint":"sleep 1","env":{"PATH":"{{path}}"}
            """);
        async Task RunAsync()
        {
            foreach (var step in plan.Steps)
            {
                await step.DoAsync(world.Machine, TestContext.Current.CancellationToken);
            }
        }

        if (taken)
        {
            await RunAsync();
        }
        else
        {
            var fault = (await Assert.ThrowsAsync<FaultException>(RunAsync)).Fault;
            Assert.Equal((FaultCode.Invalid, true), (fault.Code, fault.What.StartsWith("PATH is too long", StringComparison.Ordinal)));
        }
    }

    private static PoolFacts Pool(string name, DiskType type, ulong size, ulong promised) =>
        new(name, type, ByteSize.GiB(size), ByteSize.GiB(promised));

    private string Sorted(Step step)
    {
        var members = module.WriteStep(step).ToElement().EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal);
        return "{" + string.Join(',', members.Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}")) + "}";
    }

    private Plan Plan(string capacity) => PlanWith($"\"capacity\":{capacity}");

    private Plan PlanWith(string members, MachineFacts? facts = null) => module.Plan(
        Owner,
        Actors.Reserve(
            1,
            "container",
            CanonicalJson.Of($$"""{"flist":"{{Image}}",{{members}}}"""),
            DateTimeOffset.UnixEpoch,
            TimeSpan.FromHours(1)),
        facts ?? Facts);
}
