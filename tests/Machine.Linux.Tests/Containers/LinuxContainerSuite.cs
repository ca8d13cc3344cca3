using Provision.Machine.Conformance.Containers;
using Provision.Machine.Conformance.Images;
using Provision.Machine.Containers;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Containers;

/// <summary>What tests of real containers have in common; each begins and ends with none.</summary>
public abstract class LinuxContainerSuite(ContainerFixture fixture) : ContainerSuite, IClassFixture<ContainerFixture>, IAsyncLifetime
{
    protected override IContainers Containers => fixture.Containers!;

    protected override IStorage Storage => fixture.Storage!;

    protected override string PoolName => ContainerFixture.PoolName;

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

    protected override ValueTask<Digest> PutImageAsync(TestImage image) => ValueTask.FromResult(fixture.PutImage(image));

    protected override ValueTask ReopenAsync() => fixture.ReopenAsync();

    protected override ValueTask RebootAsync() => fixture.RebootAsync();

    protected override ValueTask KillSupervisorAsync(Digest owner)
    {
        ContainerFixture.Kill(fixture.SupervisorOf(owner));
        return ValueTask.CompletedTask;
    }

    protected override ByteSize? SizeOf(VolumeName name, string file) => fixture.SizeOf(name, file);

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
