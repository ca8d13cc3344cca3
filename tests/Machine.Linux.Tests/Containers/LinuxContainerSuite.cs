using Provision.Machine.Conformance.Containers;
using Provision.Machine.Containers;
using Xunit;

namespace Provision.Machine.Linux.Tests.Containers;

/// <summary>What tests of real containers have in common; each begins and ends with none.</summary>
public abstract class LinuxContainerSuite(ContainerFixture fixture) : ContainerSuite, IClassFixture<ContainerFixture>, IAsyncLifetime
{
    protected override ITestMachine Subject => fixture;

    protected ContainerFixture Fixture => fixture;

    public async ValueTask InitializeAsync()
    {
        Tool.NeedsRoot();
        await fixture.ReopenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await RemoveAllAsync();
        Dispose();
    }

    /// <summary>An order for a script of busybox; more programs of it are called as <c>busybox NAME</c>.</summary>
    protected async Task<ContainerOrder> ScriptAsync(string script, [System.Runtime.CompilerServices.CallerMemberName] string test = "") =>
        await OrderAsync("run", script, test) with { Arguments = ["sh", "-c", script] };

    /// <summary>What the container said so far, each line without time and stream.</summary>
    protected string SaidBy(ContainerOrder order) => string.Join(
        '\n', File.ReadLines(Fixture.LogOf(order.Owner)).Select(line => line.Split(' ', 4)[3]));

    /// <summary>Runs the script to its end; what it said.</summary>
    protected async Task<string> SaidAsync(ContainerOrder order)
    {
        await RunAsync(order);
        return SaidBy(order);
    }
}
