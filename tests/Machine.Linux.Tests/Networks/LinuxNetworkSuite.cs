using Provision.Machine.Conformance.Images;
using Provision.Machine.Conformance.Networks;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Tests.Containers;
using Provision.Machine.Networks;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>What tests of real networks have in common; each begins and ends with none.</summary>
public abstract class LinuxNetworkSuite(ContainerFixture fixture) : NetworkSuite, IClassFixture<ContainerFixture>, IAsyncLifetime
{
    protected override IContainers Containers => fixture.Containers!;

    protected override INetworks Networks => fixture.Networks!;

    protected override IStorage Storage => fixture.Storage!;

    protected override string PoolName => ContainerFixture.PoolName;

    protected ContainerFixture Fixture => fixture;

    private protected NetworkPlaces Places => new(fixture.Root);

    public virtual async ValueTask InitializeAsync()
    {
        NetworkTraces.NeedsOwnMachine();
        await fixture.ReopenAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
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

    protected override ValueTask DamageAsync(Damage damage, MemberOrder member)
    {
        MachineDamage.Do(damage, Places, member);
        return ValueTask.CompletedTask;
    }

    /// <summary>An order for a script of busybox in a network; more programs of it are called as <c>busybox NAME</c>.</summary>
    protected async Task<ContainerOrder> ScriptAsync(
        NetworkOrder network, int host, string script, [System.Runtime.CompilerServices.CallerMemberName] string test = "") =>
        await JoinedAsync(network, host, "run", script, test) with { Arguments = ["sh", "-c", script] };

    /// <summary>What the container said so far, each line without time and stream.</summary>
    protected string SaidBy(ContainerOrder order) => string.Join(
        '\n', File.ReadLines(fixture.LogOf(order.Owner)).Select(line => line.Split(' ', 4)[3]));

    /// <summary>Runs a command in a namespace of the instance.</summary>
    protected static string RunIn(string space, params IReadOnlyList<string> command) => Tool.Run("ip", ["netns", "exec", space, .. command]);
}
