using Provision.Machine.Conformance.Containers;
using Provision.Machine.Conformance.Networks;

namespace Provision.Machine.Simulated.Tests.Networks;

public sealed class SimulatedNetworksTests : NetworksConformance
{
    protected override ITestMachine Subject { get; } = new SimulatedTestMachine(Machines.New());
}
