namespace Provision.Provisioning;

/// <summary>Tells a loop that there is something to do. Setting it twice before the loop looks is setting it once.</summary>
public sealed class Signal(TimeProvider time)
{
    private TaskCompletionSource set = New();

    /// <summary>Wakes the loop.</summary>
    public void Set() => set.TrySetResult();

    /// <summary>Ends when the signal is set, or after <paramref name="limit"/>; the signal is cleared.</summary>
    public async Task WaitAsync(TimeSpan limit, CancellationToken ct)
    {
        if (!set.Task.IsCompleted)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
            await Task.WhenAny(set.Task, Task.Delay(limit, time, ended.Token));
            ended.Cancel();
            ct.ThrowIfCancellationRequested();
        }

        if (set.Task.IsCompleted)
        {
            set = New();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
