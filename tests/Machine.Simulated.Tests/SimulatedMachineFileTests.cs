using Provision.Machine.Conformance.Containers;
using Provision.Machine.Conformance.Images;
using Provision.Machine.Containers;
using Provision.Machine.Images;
using Provision.Machine.Simulated.Storage;
using Provision.Machine.Simulated.Tests.Images;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Simulated.Tests;

public sealed class SimulatedMachineFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("provision-test-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string File => Path.Combine(folder, "machine.json");

    private static VolumeName Name => new(Machines.PoolName, Digest.Of("owner"u8));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Volumes_limits_and_files_survive_the_death_of_the_daemon()
    {
        var before = Attached().Storage;
        await before.EnsureVolumeAsync(Name, new ByteSize(100), Ct);
        before.WriteFile(Name, "file", new ByteSize(60));

        var after = Attached().Storage;

        var volume = Assert.Single(await after.ListVolumesAsync(Ct));
        Assert.Equal(new Volume(Name, new ByteSize(100), new ByteSize(60), volume.Path), volume);
        Assert.Equal(new ByteSize(60), after.ReadFile(Name, "file"));
        await after.RemoveVolumeAsync(Name, Ct);
        Assert.Empty(await Attached().Storage.ListVolumesAsync(Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"volumes\":[{\"pool\":\"ssd\",\"owner\":\"nobody\",\"limit\":1,\"files\":{}}]}")]
    [InlineData("{\"volumes\":[],\"images\":null}")]
    [InlineData("{\"volumes\":[],\"images\":[{\"pool\":\"ssd\",\"digest\":\"none\",\"image\":{},\"holders\":[],\"unused_since\":\"2026-01-01T00:00:00Z\"}]}")]
    [InlineData("{\"volumes\":[],\"containers\":[{\"owner\":\"nobody\"}]}")]
    public void A_file_of_something_else_is_refused(string content)
    {
        System.IO.File.WriteAllBytes(File, System.Text.Encoding.UTF8.GetBytes(content));

        var fault = Assert.Throws<FaultException>(Attached).Fault;

        Assert.Equal(FaultCode.DataLoss, fault.Code);
        Assert.NotNull(fault.Remedy);
    }

    [Fact]
    public async Task Images_and_who_holds_them_survive_the_death_of_the_daemon()
    {
        var before = Attached();
        var config = new ImageConfig { Entrypoint = ["/bin/run"], Environment = ["PATH=/bin"], WorkingFolder = "/srv", User = "tenant" };
        var held = TestImages.Put(before, TestPrograms.Image with { Config = config });
        var free = TestImages.Put(before, TestImage.Of("free", "file", 5));
        await before.Images.EnsureAsync(Machines.PoolName, held, Name.Owner, Ct);
        var unused = await before.Images.EnsureAsync(Machines.PoolName, free, Name.Owner, Ct);
        await before.Images.ReleaseAsync(unused.Name, Name.Owner, Ct);

        var time = new TickingTime();
        var after = Attached(time: time);

        Assert.Equivalent(await before.Images.ListAsync(Ct), await after.Images.ListAsync(Ct), strict: true);
        time.Pass(TimeSpan.FromHours(1));
        await after.Images.CollectAsync(TimeSpan.FromHours(1) + TimeSpan.FromTicks(1), Ct);
        Assert.Equal(2, (await after.Images.ListAsync(Ct)).Count);
        await after.Images.CollectAsync(TimeSpan.FromHours(1), Ct);
        Assert.Equal([held.Digest], (await after.Images.ListAsync(Ct)).Select(image => image.Name.Digest));
        Assert.Single(await Attached().Images.ListAsync(Ct));
    }

    [Fact]
    public async Task Roots_and_running_containers_survive_the_death_of_the_daemon()
    {
        var before = Attached();
        var (running, ended) = (await StartAsync(before, "until", "/data/go"), await StartAsync(before, "exit", "3"));
        before.Storage.WriteFile(running.Root, "own", new ByteSize(7));

        var after = Attached();

        var containers = await after.Containers.ListAsync(Ct);
        Assert.Equal(await before.Containers.ListAsync(Ct), containers);
        Assert.Equal([false, true], containers.Select(container => container.Runs).Order());
        Assert.Equal(new ByteSize(7), after.Storage.ReadFile(running.Root, "own"));
        Assert.NotNull(after.Storage.ReadFile(running.Root, "bin/run"));
        Assert.Equal(1, (await after.Containers.EnsureAsync(ended, Ct)).Restarts);

        after.Storage.WriteFile(Name, "go", new ByteSize(1));

        Assert.All(await Attached().Containers.ListAsync(Ct), container => Assert.Equal(EndCause.Exited, container.End?.Cause));
    }

    [Fact]
    public async Task A_reboot_ends_what_ran_and_nothing_else()
    {
        var before = Attached();
        var (running, ended) = (await StartAsync(before, "run", ""), await StartAsync(before, "exit", "3"));

        Attached("another boot");
        var after = Attached("another boot");

        var ends = (await after.Containers.ListAsync(Ct)).ToDictionary(container => container.Owner, container => container.End);
        Assert.Equal(new ContainerEnd(EndCause.Rebooted, null), ends[running.Owner]);
        Assert.Equal(new ContainerEnd(EndCause.Exited, 3), ends[ended.Owner]);
    }

    [Fact]
    public async Task An_environment_is_written_nowhere()
    {
        var machine = Attached();

        await StartAsync(machine, "run", "");

        Assert.DoesNotContain("secret", await System.IO.File.ReadAllTextAsync(File, Ct), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<ContainerOrder> StartAsync(SimulatedMachine machine, string program, string argument)
    {
        var order = new ContainerOrder
        {
            Owner = Digest.Of(System.Text.Encoding.UTF8.GetBytes(program)),
            Root = Name with { Owner = Digest.Of(System.Text.Encoding.UTF8.GetBytes(program)) },
            Arguments = [program, argument],
            Environment = new Dictionary<string, string> { ["PATH"] = "/bin", ["SECRET"] = "the secret" },
            Mounts = [new VolumeMount(Name, "/data")],
            Cores = 1,
            Memory = new ByteSize(1 << 20),
        };
        await machine.Storage.EnsureVolumeAsync(Name, new ByteSize(100), Ct);
        await machine.Storage.EnsureRootAsync(order.Root, await TestImages.UnpackAsync(machine, TestPrograms.Image), new ByteSize(100), Ct);
        await machine.Containers.EnsureAsync(order, Ct);
        return order;
    }

    private SimulatedMachine Attached() => Attached("this boot");

    private SimulatedMachine Attached(string bootId = "this boot", TimeProvider? time = null)
    {
        var machine = Machines.New(time);
        SimulatedMachineFile.Attach(machine, File, bootId);
        return machine;
    }
}
