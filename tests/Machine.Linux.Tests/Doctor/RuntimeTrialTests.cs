using Provision.Machine.Linux.Doctor;
using Xunit;

namespace Provision.Machine.Linux.Tests.Doctor;

/// <summary>A runtime is tried once, and no longer than somebody waits for it.</summary>
public sealed class RuntimeTrialTests : FakeMachineSuite
{
    [Fact]
    public async Task One_that_hangs_is_ended_when_its_trial_is_given_up()
    {
        var pipe = Temporary.Of("pipe");
        Tool.Run("mkfifo", pipe);
        Machine.Remove("programs/crun");
        var hang = $"exec 3> {pipe}; echo here >&3; exec sleep 1000";
        Script("runc", $"case \"$*\" in *' run '*) {hang};; *) echo \"$*\" >> {Temporary.Of("said")};; esac");
        using var stop = new CancellationTokenSource();

        var look = Task.Run(async () => await Check("container-runtime").LookAsync(stop.Token), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(pipe);
        Assert.Equal("here", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        stop.Cancel();

        // The pipe ends when nobody is left who could write into it.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => look);
        Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Contains(" delete --force provision-doctor-", File.ReadAllText(Temporary.Of("said")), StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories("/run", "provision-doctor-*"));
    }

    [Fact]
    public async Task Two_checks_of_one_runtime_try_it_once()
    {
        Machine.Remove("programs/runc");
        Script("crun", $"case \"$*\" in *' run '*) echo run >> {Temporary.Of("said")}; exit 1;; *) echo crun version 1.14;; esac");
        var checks = All.Where(check => check.Name is "crun" or "container-runtime").ToList();

        var reports = await new Checkup(TimeSpan.FromSeconds(20), TimeProvider.System)
            .RunAsync(checks, TestContext.Current.CancellationToken);

        Assert.Equal([CheckResult.Warning, CheckResult.Failed], reports.Select(report => report.Finding.Result));
        Assert.Equal("run\n", File.ReadAllText(Temporary.Of("said")));
    }

    private IReadOnlyList<Check> All => MachineChecks.Of(Machine.Options(), Machine.Here);

    private Check Check(string name) => All.Single(check => check.Name == name);

    private void Script(string program, string text)
    {
        Machine.Remove($"programs/{program}");
        File.SetUnixFileMode(
            Machine.Write($"programs/{program}", $"#!/bin/sh\n{text}\n"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
