namespace Provision.Provisioning;

/// <summary>
/// Waiting on the engine's thread. <see cref="Task.Delay(TimeSpan, TimeProvider, CancellationToken)"/> completes its cancellation on the
/// thread pool, where a simulation cannot see it; these stay on the context of their caller.
/// </summary>
public static class Delays
{
    /// <summary>Ends after <paramref name="span"/> of this clock.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before.</exception>
    public static Task DelayAsync(this TimeProvider time, TimeSpan span, CancellationToken ct) =>
        time.WaitAsync(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), span, ct);

    /// <summary>
    /// Ends when <paramref name="ended"/> is completed by somebody else,
    /// or after <paramref name="limit"/>, which completes it.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled before.</exception>
    public static async Task WaitAsync(this TimeProvider time, TaskCompletionSource ended, TimeSpan limit, CancellationToken ct)
    {
        using var timer = time.CreateTimer(
            static state => ((TaskCompletionSource)state!).TrySetResult(), ended, limit, Timeout.InfiniteTimeSpan);
        using var cancelled = ct.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), ended);
        await ended.Task;
    }
}
