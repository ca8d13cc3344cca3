using Provision.Machine.Linux.Tests.Storage;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Machine.Linux.Tests.Crashes;

/// <summary>A daemon that dies anywhere leaves nothing behind and loses nothing: volumes on the real kernel.</summary>
public sealed class VolumeCrashTests : IClassFixture<LargePoolFixture>
{
    private readonly LargePoolFixture pool;
    private readonly ITestOutputHelper output;

    public VolumeCrashTests(LargePoolFixture pool, ITestOutputHelper output)
    {
        Tool.NeedsRoot();
        (this.pool, this.output) = (pool, output);
    }

    // A prime stride reaches appends, flushes, machine calls and sends alike; the long tier takes them all.
    [Fact]
    public void A_crash_at_any_point_and_again_at_some_changes_nothing_in_the_end() => Crash(stride: 7);

    [Fact]
    [Trait("Tier", "long")]
    public void A_crash_at_any_point_and_again_at_any_changes_nothing_in_the_end() => Crash(stride: 1);

    private void Crash(int stride)
    {
        var harness = new CrashHarness(() => new LinuxWorld(pool), world => new VolumeStory(world).Scenario, VolumeStory.Setup);
        harness.CrashEverywhere(stride);
        output.WriteLine($"{harness.Points} points, {harness.Runs} runs");
    }
}
