using Provision.Machine.Simulated.Time;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Provisioning.Tests;

/// <summary>What the loops are built of: signals, delays, loops side by side, waits that grow, the engine's thread.</summary>
public sealed class WaitingTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly VirtualTime time = new(Samples.Now);
    private readonly Pump pump;

    public WaitingTests() => pump = new Pump(time);

    public void Dispose() => Assert.Empty(pump.Strays);

    [Fact]
    public void A_signal_that_was_set_before_does_not_wait_and_counts_once() => Run(async () =>
    {
        var signal = new Signal(time);
        signal.Set();
        signal.Set();
        await signal.WaitAsync(Limit, CancellationToken.None);
        Assert.Equal(TimeSpan.Zero, time.Elapsed);
        await signal.WaitAsync(Second, CancellationToken.None);
        Assert.Equal(Second, time.Elapsed);
    });

    [Fact]
    public void A_signal_wakes_whoever_waits_without_running_it_there() => Run(async () =>
    {
        var signal = new Signal(time);
        var woken = false;
        var waiter = WaitAsync();
        signal.Set();
        Assert.False(woken);
        await waiter;
        Assert.True(woken);
        Assert.Equal(TimeSpan.Zero, time.Elapsed);

        async Task WaitAsync()
        {
            await signal.WaitAsync(Limit, CancellationToken.None);
            woken = true;
        }
    });

    [Fact]
    public void Cancelling_ends_a_wait_and_a_delay_on_the_pump() => Run(async () =>
    {
        using var stop = new CancellationTokenSource();
        var waiting = new Signal(time).WaitAsync(Timeout.InfiniteTimeSpan, stop.Token);
        var delay = time.DelayAsync(Limit, stop.Token);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delay);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => time.DelayAsync(Limit, stop.Token));
        Assert.Equal(TimeSpan.Zero, time.Elapsed);
    });

    [Fact]
    public void When_one_loop_fails_the_others_end_and_its_fault_is_thrown() => Run(async () =>
    {
        var ended = false;
        var e = await Assert.ThrowsAsync<FaultException>(() => Together.RunAsync(CancellationToken.None, Endless, Failing));
        Assert.Equal("over", e.Fault.What);
        Assert.True(ended);

        async Task Endless(CancellationToken ct)
        {
            try
            {
                await time.DelayAsync(Timeout.InfiniteTimeSpan, ct);
            }
            finally
            {
                ended = true;
            }
        }

        async Task Failing(CancellationToken ct)
        {
            await time.DelayAsync(Second, ct);
            throw new FaultException(FaultCode.Internal, "over");
        }
    });

    [Fact]
    public void A_loop_that_just_ends_ends_them_all_and_a_fault_while_ending_is_thrown() => Run(async () =>
    {
        await Together.RunAsync(CancellationToken.None, _ => Task.CompletedTask, ct => time.DelayAsync(Limit, ct));
        var e = await Assert.ThrowsAsync<FaultException>(
            () => Together.RunAsync(CancellationToken.None, _ => Task.CompletedTask, FailWhenCancelled));
        Assert.Equal("not in peace", e.Fault.What);

        async Task FailWhenCancelled(CancellationToken ct)
        {
            using var cancelled = new CancellationTokenSource();
            using var registration = ct.Register(cancelled.Cancel);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => time.DelayAsync(Limit, cancelled.Token));
            throw new FaultException(FaultCode.Internal, "not in peace");
        }
    });

    [Fact]
    public void Cancelled_from_outside_all_end_as_cancelled() => Run(async () =>
    {
        using var stop = new CancellationTokenSource();
        var running = Together.RunAsync(stop.Token, ct => time.DelayAsync(Limit, ct), ct => time.DelayAsync(Limit, ct));
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    });

    [Fact]
    public void Waits_double_up_to_a_bound_with_at_most_a_quarter_on_top()
    {
        var options = new EngineOptions { RetryDelay = Second, RetryDelayMax = TimeSpan.FromSeconds(60) };
        var backoff = new Backoff(options, new Random(1));
        foreach (var (failures, seconds) in new[] { (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (8, 60), (1000, 60), (int.MaxValue, 60) })
        {
            var waits = Enumerable.Range(0, 50).Select(_ => backoff.After(failures).TotalSeconds).ToList();
            Assert.All(waits, wait => Assert.InRange(wait, seconds, seconds * 1.25));
            Assert.True(waits.Distinct().Count() > 1);
        }
    }

    [Fact]
    public void The_engines_thread_brings_every_await_back_and_answers_questions_of_others()
    {
        using var thread = new EngineThread();
        var threads = new HashSet<int>();
        thread.Run(async () =>
        {
            Note(0);
            var asker = Task.Run(async () =>
            {
                Assert.Equal(42, await thread.AskAsync(() => Task.FromResult(Note(42))));
                var e = await Assert.ThrowsAsync<FaultException>(
                    () => thread.AskAsync<int>(() => throw new FaultException(FaultCode.NotFound, "no")));
                Assert.Equal("no", e.Fault.What);
                await Assert.ThrowsAsync<InvalidCastException>(() => thread.AskAsync<int>(() => throw new InvalidCastException()));
            });
            await asker;
            Note(0);
        });
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        Assert.Null(SynchronizationContext.Current as EngineThread);

        int Note(int answer)
        {
            threads.Add(Environment.CurrentManagedThreadId);
            return answer;
        }
    }

    [Fact]
    public void The_engines_thread_throws_what_its_task_threw_and_lets_nobody_block_on_it()
    {
        using var thread = new EngineThread();
        var e = Assert.Throws<FaultException>(() => thread.Run(async () =>
        {
            await Task.Yield();
            throw new FaultException(FaultCode.Internal, "ended");
        }));
        Assert.Equal("ended", e.Fault.What);
        Assert.Throws<NotSupportedException>(() => thread.Send(_ => { }, null));
    }

    private void Run(Func<Task> test) => pump.Run(test, Limit);
}
