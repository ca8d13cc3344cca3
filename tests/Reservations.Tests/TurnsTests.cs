using Provision.Reservations.Concurrency;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Reservations.Tests;

public sealed class TurnsTests
{
    private static readonly Fault Full = new(FaultCode.Unavailable, "Full", "Wait.");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_comes_first_is_let_in_first_and_each_key_counts_for_itself()
    {
        var turns = new Turns<string>(atOnce: 1, waitingMax: 2, Full);
        var inside = await turns.TakeAsync("a", Ct);
        var (second, third) = (turns.TakeAsync("a", Ct), turns.TakeAsync("a", Ct));
        Assert.True(turns.TakeAsync("b", Ct).IsCompletedSuccessfully);
        inside.Dispose();
        inside.Dispose();
        var next = await Soon(second);
        Assert.False(third.IsCompleted);
        next.Dispose();
        (await Soon(third)).Dispose();
        Assert.True(turns.TakeAsync("a", Ct).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Beyond_those_who_wait_one_is_sent_away()
    {
        var turns = new Turns<string>(atOnce: 1, waitingMax: 1, Full);
        using var inside = await turns.TakeAsync("a", Ct);
        var waiting = turns.TakeAsync("a", Ct);
        var fault = (await Assert.ThrowsAsync<FaultException>(() => turns.TakeAsync("a", Ct))).Fault;
        Assert.Equal(Full, fault);
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Who_leaves_while_he_waits_takes_no_place_with_him()
    {
        var turns = new Turns<string>(atOnce: 1, waitingMax: 1, Full);
        var inside = await turns.TakeAsync("a", Ct);
        using var leave = new CancellationTokenSource();
        var gone = turns.TakeAsync("a", leave.Token);
        leave.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        var waiting = turns.TakeAsync("a", Ct);
        Assert.False(waiting.IsCompleted);
        inside.Dispose();
        (await Soon(waiting)).Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => turns.TakeAsync("a", leave.Token));
    }

    [Fact]
    public async Task Who_leaves_as_his_turn_comes_loses_nobodys()
    {
        var turns = new Turns<int>(atOnce: 1, waitingMax: 2, Full);
        for (var i = 0; i < 500; i++)
        {
            var inside = await turns.TakeAsync(0, Ct);
            using var leave = new CancellationTokenSource();
            var hasty = turns.TakeAsync(0, leave.Token);
            var patient = turns.TakeAsync(0, Ct);
            await Task.WhenAll(Task.Run(leave.Cancel, Ct), Task.Run(inside.Dispose, Ct));
            try
            {
                (await Soon(hasty)).Dispose();
            }
            catch (OperationCanceledException)
            {
                Assert.True(leave.IsCancellationRequested);
            }

            (await Soon(patient)).Dispose();
        }
    }

    private static Task<T> Soon<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Ct);
}
