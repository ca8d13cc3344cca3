using Provision.Machine.Conformance.Containers;
using Provision.Machine.Conformance.Images;
using Provision.Machine.Containers;
using Provision.Machine.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Containers;

public sealed class LinuxContainerViewTests(ContainerFixture fixture)
    : ContainerViewConformance, IClassFixture<ContainerFixture>, IAsyncLifetime
{
    protected override IContainers Containers => fixture.Containers!;

    protected override IStorage Storage => fixture.Storage!;

    protected override string PoolName => ContainerFixture.PoolName;

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
}
