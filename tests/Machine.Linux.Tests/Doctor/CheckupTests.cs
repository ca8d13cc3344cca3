using Provision.Machine.Linux.Doctor;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Linux.Tests.Doctor;

/// <summary>Checks run side by side, and whatever one does, the others report.</summary>
public sealed class CheckupTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_check_that_hangs_is_a_finding_and_those_behind_it_report()
    {
        using var release = new ManualResetEventSlim();
        var deaf = new Check("deaf", "It hears nothing.", _ =>
        {
            release.Wait(CancellationToken.None);
            return ValueTask.FromResult(Finding.Ok("late"));
        });
        var checks = Enumerable.Repeat(deaf, 5).Append(Check.Of("last", "It is quick.", () => Finding.Ok("quick"))).ToList();

        var reports = await new Checkup(TimeSpan.FromMilliseconds(100), TimeProvider.System).RunAsync(checks, Ct);
        release.Set();

        Assert.All(reports.Take(5), report => Assert.Contains("did not end within 0.1 s", report.Finding.Found, StringComparison.Ordinal));
        Assert.All(reports.Take(5), report => Assert.Equal(CheckResult.Failed, report.Finding.Result));
        Assert.Equal(Finding.Ok("quick"), reports[5].Finding);
    }

    [Fact]
    public async Task A_check_that_is_given_up_may_take_away_what_it_made()
    {
        var gone = false;
        var check = new Check("slow", "It waits.", async ct =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            }
            finally
            {
                gone = true;
            }

            return Finding.Ok("");
        });
        Assert.Contains("did not end", (await FindAsync(check)).Found, StringComparison.Ordinal);
        Assert.True(gone);

        gone = false;
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new Checkup(TimeSpan.FromSeconds(20), TimeProvider.System).RunAsync([check], stop.Token));
        Assert.True(gone);
    }

    [Fact]
    public async Task What_a_check_throws_is_what_it_found()
    {
        var fault = await FindAsync(Check.Of(
            "fault", "", () => throw new FaultException(FaultCode.Unavailable, "It is broken", "Mend it.")));
        Assert.Equal(Finding.Failed("It is broken", "Mend it."), fault);
        var file = await FindAsync(Check.Of("file", "", () => Finding.Ok(File.ReadAllText("/no/such/file"))));
        Assert.Equal(CheckResult.Failed, file.Result);
        Assert.Contains("/no/such/file", file.Found, StringComparison.Ordinal);
    }

    private static async Task<Finding> FindAsync(Check check) =>
        (await new Checkup(TimeSpan.FromMilliseconds(200), TimeProvider.System).RunAsync([check], Ct)).Single().Finding;
}
