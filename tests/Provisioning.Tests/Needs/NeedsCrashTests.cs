using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Needs;

/// <summary>A daemon that dies anywhere, and the power with it: what builds on others still comes after it and goes before it.</summary>
public sealed class NeedsCrashTests(ITestOutputHelper output)
{
    [Theory]
    [Trait("Tier", "long")]
    [InlineData(false)]
    [InlineData(true)]
    public void Nor_does_a_second_crash_in_the_life_that_follows(bool powerFails) => new CrashHarness(
        () => new SimulatedWorld(powerFails), world => new NeedsStory((SimulatedWorld)world).Scenario, NeedsStory.Setup)
        .CrashEverywhere(stride: 4);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_crash_at_any_point_changes_nothing_in_the_end(bool powerFails)
    {
        var harness = new CrashHarness(
            () => new SimulatedWorld(powerFails), world => new NeedsStory((SimulatedWorld)world).Scenario, NeedsStory.Setup);
        harness.CrashEverywhere(stride: 0);
        output.WriteLine($"{harness.Points} points, {harness.Runs} runs");
    }
}
