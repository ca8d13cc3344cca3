using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Workloads.Tests;

/// <summary>
/// A daemon that dies anywhere, and the power with it: a network is there for as long as a container uses it, and then gone.
/// </summary>
public sealed class NetworkCrashTests(ITestOutputHelper output)
{
    [Theory]
    [Trait("Tier", "long")]
    [InlineData(false)]
    [InlineData(true)]
    public void Nor_does_a_second_crash_in_the_life_that_follows(bool powerFails) => Harness(powerFails).CrashEverywhere(stride: 4);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_crash_at_any_point_changes_nothing_in_the_end(bool powerFails)
    {
        var harness = Harness(powerFails);
        harness.CrashEverywhere(stride: 0);
        output.WriteLine($"{harness.Points} points, {harness.Runs} runs");
    }

    private static CrashHarness Harness(bool powerFails) => new(
        () => new SimulatedWorld(powerFails), world => new NetworkStory((SimulatedWorld)world).Scenario, NetworkStory.Setup);
}
