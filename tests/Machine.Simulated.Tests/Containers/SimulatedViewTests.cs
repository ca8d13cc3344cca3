using Provision.Machine.Conformance.Containers;
using Provision.Machine.Conformance.Images;
using Provision.Machine.Simulated.Images;
using Provision.Machine.Simulated.Tests.Images;
using Xunit;

namespace Provision.Machine.Simulated.Tests.Containers;

public sealed class SimulatedViewTests : ContainerViewConformance
{
    private readonly SimulatedMachine machine = Machines.New();

    protected override ITestMachine Subject => new SimulatedTestMachine(machine);

    [Fact]
    public async Task An_image_nobody_looked_into_has_every_program_and_every_user_and_they_run_on()
    {
        var order = await OrderAsync("run");
        var unknown = TestImages.Put(machine, new TestImage("unknown")) with { Location = "unknown" };
        machine.Images.Local.Add(unknown, new SimulatedImage());
        await machine.Images.EnsureAsync(PoolName, unknown, order.Owner, Ct);
        var root = order.Root with { Owner = Owner("another") };
        await Storage.EnsureRootAsync(root, unknown.Digest, MiB(1), Ct);

        var container = await Containers.EnsureAsync(order with { Root = root, Arguments = ["/srv/server", "--port"], User = "www" }, Ct);

        Assert.True(container.Runs);
        Assert.True(Assert.Single(await Containers.ListAsync(Ct)).Runs);
    }

    [Theory]
    [InlineData("exit", 2)]
    [InlineData("exit many", 2)]
    [InlineData("fill /file-of-nothing", 0)]
    [InlineData("ls", 0)]
    public async Task A_program_that_is_known_by_name_takes_any_arguments(string command, int code) =>
        Assert.Equal(code, await CodeOfAsync(await OrderAsync(command)));
}
