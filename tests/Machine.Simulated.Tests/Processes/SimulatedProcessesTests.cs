using Provision.Machine.Conformance.Processes;
using Provision.Machine.Processes;
using Xunit;

namespace Provision.Machine.Simulated.Tests.Processes;

public sealed class SimulatedProcessesTests : ProcessesConformance
{
    private readonly SimulatedMachine machine = Machines.New();

    public SimulatedProcessesTests() => machine.Processes.Missing.Add(MissingProgram);

    protected override IProcesses Processes => machine.Processes;

    protected override string MissingProgram => "no-such-program";

    protected override IProcesses Reopen() => machine.Processes;

    protected override Task EndAsync(RunningProcess process)
    {
        machine.Processes.End(process.Name);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_power_failure_ends_every_program()
    {
        await Processes.EnsureAsync(Sleeper(), TestContext.Current.CancellationToken);

        machine.PowerFailure(new Random(1));

        Assert.Empty(await Processes.ListAsync(TestContext.Current.CancellationToken));
    }
}
