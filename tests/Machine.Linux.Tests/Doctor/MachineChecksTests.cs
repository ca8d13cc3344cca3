using Microsoft.Extensions.Time.Testing;
using Provision.Machine.Linux.Doctor;
using Provision.Machine.Linux.Storage;
using Provision.Machine.Linux.Tests.Networks;
using Provision.Machine.Storage;
using Xunit;

namespace Provision.Machine.Linux.Tests.Doctor;

/// <summary>All checks of this machine together.</summary>
[Collection(nameof(NetworkCollection))]
public sealed class MachineChecksTests
{
    private static readonly LinuxMachineOptions Options = new(
        "/nowhere", [new PoolOptions("default", DiskType.Ssd) { LoopFile = new LoopFile("/nowhere.img", PoolOptions.LoopFileSizeMin) }]);

    [Fact]
    public void Names_are_their_own_and_each_check_says_what_it_means()
    {
        var checks = MachineChecks.Of(Options);
        Assert.True(checks.Count >= 25, $"{checks.Count}");
        Assert.Equal(checks.Count, checks.Select(check => check.Name).Distinct().Count());
        Assert.All(checks, check => Assert.Matches("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", check.Name));
        Assert.All(checks, check => Assert.Matches("^[A-Z].*[.]$", check.Meaning));
        Assert.Equal(Enum.GetValues<Ability>(), checks.SelectMany(check => check.Affects).Distinct().Order());
    }

    [Fact]
    public async Task Nothing_fails_here_and_the_machine_is_as_it_was()
    {
        Tool.NeedsRoot();
        var before = Traces();

        var checkup = new Checkup(TimeSpan.FromSeconds(30), TimeProvider.System);
        var reports = await checkup.RunAsync(MachineChecks.Of(Options), TestContext.Current.CancellationToken);

        Assert.Equal(before, Traces());
        Assert.DoesNotContain(reports, report => report.Finding.Result == CheckResult.Failed);
        Assert.All(reports, report => Assert.Equal(report.Finding.Result == CheckResult.Ok, report.Finding.Remedy is null));
    }

    [Fact]
    public async Task What_is_given_up_half_way_leaves_nothing_either()
    {
        Tool.NeedsRoot();
        var before = Traces();

        // Each is late as soon as it has begun; all together do not take as long as they may to clear away.
        var time = new FakeTimeProvider();
        var deadline = TimeSpan.FromMilliseconds(1);
        var checks = MachineChecks.Of(Options).Select(check => check with
        {
            LookAsync = ct =>
            {
                var look = check.LookAsync(ct);
                time.Advance(deadline);
                return look;
            },
        });
        var reports = await new Checkup(deadline, time).RunAsync([.. checks], TestContext.Current.CancellationToken);

        Assert.Contains(reports, report => report.Finding.Found.Contains("did not end", StringComparison.Ordinal));
        Assert.Equal(before, Traces());
    }

    // What has no name of the doctor's is counted with what others have, who do nothing meanwhile.
    private static string Traces() => string.Join('\n',
    [
        .. Directory.GetFileSystemEntries(Path.GetTempPath(), "provision-doctor-*"),
        .. Directory.GetFileSystemEntries("/run", "provision-doctor-*"),
        .. Directory.GetDirectories("/sys/fs/cgroup", "provision-doctor-*"),
        .. Directory.GetDirectories("/sys/fs/cgroup").SelectMany(folder => Directory.GetDirectories(folder, "provision-doctor-*")),
        .. File.ReadLines("/proc/self/mountinfo"),
        .. Tool.TracesOf("provision-doctor-"),
        Tool.Run("nft", "list", "tables"),
        Tool.Run("ip", "-brief", "link"),
        Tool.Run("ip", "netns", "list"),
        .. Directory.GetFileSystemEntries("/proc/self/fd").Select(file => new FileInfo(file).LinkTarget ?? "")
            .Where(target => target.StartsWith("net:", StringComparison.Ordinal) || target.StartsWith("user:", StringComparison.Ordinal)
                || target.StartsWith("mnt:", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ]);
}
