using Microsoft.Extensions.Time.Testing;
using Provision.Machine.Linux.Doctor;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Linux.Tests.Doctor;

/// <summary>Checks run side by side, and whatever one does, the others report.</summary>
public sealed class CheckupTests
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_check_that_hangs_is_a_finding_and_those_behind_it_report()
    {
        using var inside = new CountdownEvent(AtOnce);
        using var told = new CountdownEvent(AtOnce);
        using var release = new ManualResetEventSlim();
        var deaf = new Check("deaf", "It hears nothing.", ct =>
        {
            ct.Register(() => told.Signal());
            inside.Signal();
            release.Wait(CancellationToken.None);
            return ValueTask.FromResult(Finding.Ok("late"));
        });
        var checks = Enumerable.Repeat(deaf, AtOnce).Append(Check.Of("last", "It is quick.", () => Finding.Ok("quick"))).ToList();

        var run = Task.Run(() => new Checkup(Deadline, time).RunAsync(checks, Ct), Ct);
        inside.Wait(Ct);
        time.Advance(Deadline);
        told.Wait(Ct);
        time.Advance(Checkup.Patience);
        var reports = await run;
        release.Set();

        Assert.All(
            reports.Take(AtOnce), report => Assert.Contains("did not end within 10 s", report.Finding.Found, StringComparison.Ordinal));
        Assert.All(reports.Take(AtOnce), report => Assert.Equal(CheckResult.Failed, report.Finding.Result));
        Assert.Equal(Finding.Ok("quick"), reports[AtOnce].Finding);
    }

    [Fact]
    public async Task A_check_that_is_given_up_may_take_away_what_it_made()
    {
        var gone = false;
        Assert.Contains("did not end", (await FindAsync(Waiting(() => time.Advance(Deadline)))).Found, StringComparison.Ordinal);
        Assert.True(gone);

        gone = false;
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new Checkup(Deadline, time).RunAsync([Waiting(stop.Cancel)], stop.Token));
        Assert.True(gone);

        Check Waiting(Action giveUp) => new("slow", "It waits.", async ct =>
        {
            try
            {
                giveUp();
                await Task.Delay(Timeout.InfiniteTimeSpan, time, ct);
            }
            finally
            {
                gone = true;
            }

            return Finding.Ok("");
        });
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
        var other = await FindAsync(Check.Of("other", "", () => throw new OperationCanceledException()));
        Assert.Equal(CheckResult.Failed, other.Result);
        Assert.Contains("gave up", other.Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_defect_of_one_check_is_its_finding_and_the_others_report()
    {
        var reports = await new Checkup(Deadline, time).RunAsync(
            [
                Check.Of("broken", "", () => throw new KeyNotFoundException("a thing")),
                Check.Of("whole", "", () => Finding.Ok("well")),
            ],
            Ct);
        Assert.Equal(CheckResult.Failed, reports[0].Finding.Result);
        Assert.StartsWith(
            "A defect in the check: System.Collections.Generic.KeyNotFoundException: a thing", reports[0].Finding.Found,
            StringComparison.Ordinal);
        Assert.Equal("Report it with this text.", reports[0].Finding.Remedy);
        Assert.Equal(Finding.Ok("well"), reports[1].Finding);
    }

    private async Task<Finding> FindAsync(Check check) => (await new Checkup(Deadline, time).RunAsync([check], Ct)).Single().Finding;
}
