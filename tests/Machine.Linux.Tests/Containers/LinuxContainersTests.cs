using Provision.Machine.Conformance.Containers;
using Xunit;

namespace Provision.Machine.Linux.Tests.Containers;

public sealed class LinuxContainersTests(ContainerFixture fixture)
    : ContainersConformance, IClassFixture<ContainerFixture>, IAsyncLifetime
{
    protected override ITestMachine Subject => fixture;

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
}
