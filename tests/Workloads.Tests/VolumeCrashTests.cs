using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Workloads.Tests;

/// <summary>A daemon that dies anywhere leaves nothing behind and loses nothing: volumes on the simulated machine.</summary>
public sealed class VolumeCrashTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_crash_at_any_point_and_again_at_any_point_changes_nothing_in_the_end(bool powerFails)
    {
        var harness = new CrashHarness(
            () => new SimulatedWorld(powerFails),
            world => new VolumeStory(world).Scenario,
            VolumeStory.Setup);
        harness.CrashEverywhere(stride: 1);
        output.WriteLine($"{harness.Points} points, {harness.Runs} runs");
    }
}
