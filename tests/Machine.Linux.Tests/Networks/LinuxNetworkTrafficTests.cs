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

/// <summary>What real containers see of their networks.</summary>
public sealed class LinuxNetworkTrafficTests(ContainerFixture fixture)
    : NetworkTrafficConformance, IClassFixture<ContainerFixture>, IAsyncLifetime
{
    protected override IContainers Containers => fixture.Containers!;

    protected override INetworks Networks => fixture.Networks!;

    protected override IStorage Storage => fixture.Storage!;

    protected override string PoolName => ContainerFixture.PoolName;

    public async ValueTask InitializeAsync()
    {
        NetworkTraces.NeedsOwnMachine();
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

    protected override ValueTask DamageAsync(Damage damage, MemberOrder member)
    {
        MachineDamage.Do(damage, new NetworkPlaces(fixture.Root), member);
        return ValueTask.CompletedTask;
    }
}
