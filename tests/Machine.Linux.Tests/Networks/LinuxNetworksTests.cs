using Provision.Machine.Conformance.Containers;
using Provision.Machine.Conformance.Networks;
using Provision.Machine.Linux.Tests.Containers;
using Xunit;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>What the machine remembers and refuses.</summary>
public sealed class LinuxNetworksTests(ContainerFixture fixture) : NetworksConformance, IClassFixture<ContainerFixture>, IAsyncLifetime
{
    protected override ITestMachine Subject => fixture;

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
}
