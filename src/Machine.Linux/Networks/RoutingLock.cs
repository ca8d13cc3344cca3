namespace Provision.Machine.Linux.Networks;

/// <summary>
/// One at a time for changes of links, addresses and routes: the kernel has one lock for all of them, of all namespaces, and those who
/// wait for it there each keep a thread of ours.
/// </summary>
internal sealed class RoutingLock : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);

    /// <summary>Does it when it is our turn.</summary>
    public async ValueTask<T> RunAsync<T>(Func<T> action)
    {
        await gate.WaitAsync();
        try
        {
            return action();
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();
}
