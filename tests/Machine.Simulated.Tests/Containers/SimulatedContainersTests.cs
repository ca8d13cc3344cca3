using Provision.Machine.Conformance.Containers;
using Provision.Machine.Containers;
using Xunit;

namespace Provision.Machine.Simulated.Tests.Containers;

public sealed class SimulatedContainersTests : ContainersConformance
{
    private readonly SimulatedMachine machine = Machines.New();

    protected override ITestMachine Subject => new SimulatedTestMachine(machine);

    [Fact]
    public async Task A_test_ends_a_container_as_it_likes_and_only_one_that_runs()
    {
        var order = await OrderAsync("run");
        var next = NextEndAsync();
        machine.Containers.End(order.Owner, 1);
        await Containers.EnsureAsync(order, Ct);

        machine.Containers.End(order.Owner, 7);
        machine.Containers.End(order.Owner, 8);
        machine.Containers.KillSupervisor(order.Owner);

        Assert.Equal(order.Owner, await next);
        Assert.Equal(new ContainerEnd(EndCause.Exited, 7), (await FindAsync(order))?.End);
        Assert.False(NextEndAsync().IsCompleted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ends_that_a_daemon_was_not_told_of_are_not_told_to_the_next(bool powerFails)
    {
        var (first, second) = (await OrderAsync("run", "first"), await OrderAsync("run", "second"));
        await Containers.EnsureAsync(first, Ct);
        await Containers.EnsureAsync(second, Ct);
        var told = NextEndAsync();
        machine.Containers.End(first.Owner, 0);
        machine.Containers.End(second.Owner, 0);
        Assert.Equal(first.Owner, await told);

        if (powerFails)
        {
            machine.PowerFailure(new Random(1));
        }
        else
        {
            machine.DaemonDies();
        }

        Assert.False(NextEndAsync().IsCompleted);
        Assert.Equal([0, 0], (await Containers.ListAsync(Ct)).Select(container => container.End?.ExitCode));
    }

    [Fact]
    public async Task What_it_was_started_with_last_is_known()
    {
        var order = await OrderAsync("exit 1");
        Assert.Null(machine.Containers.FindOrder(order.Owner));
        await Containers.EnsureAsync(order, Ct);
        Assert.Same(order, machine.Containers.FindOrder(order.Owner));

        var again = order with { Arguments = ["run"] };
        await Containers.EnsureAsync(again, Ct);
        await Containers.EnsureAsync(order, Ct);

        Assert.Same(again, machine.Containers.FindOrder(order.Owner));
    }
}
