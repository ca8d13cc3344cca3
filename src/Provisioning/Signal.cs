namespace Provision.Provisioning;

/// <summary>Tells one loop that there is something to do. Setting it twice before the loop looks is setting it once.</summary>
public sealed class Signal(TimeProvider time)
{
    // Completed asynchronously, so that whoever sets the signal is not carried off into the loop; awaited alone, because WhenAny over
    // such a source would go on on the thread pool.
    private TaskCompletionSource? waiter;
    private bool isSet;

    /// <summary>Wakes the loop.</summary>
    public void Set()
    {
        isSet = true;
        waiter?.TrySetResult();
    }

    /// <summary>Ends when the signal is set, or after <paramref name="limit"/>; the signal is cleared.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before.</exception>
    public async Task WaitAsync(TimeSpan limit, CancellationToken ct)
    {
        if (!isSet)
        {
            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await time.WaitAsync(waiter, limit, ct);
        }

        isSet = false;
    }
}
