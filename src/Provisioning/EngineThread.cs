using System.Collections.Concurrent;

namespace Provision.Provisioning;

/// <summary>The one thread of an engine: everything that an await brings back comes back here, one after the other.</summary>
public sealed class EngineThread : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> ready = [];

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => ready.Add((d, state));

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Nobody may block on the engine's thread.");

    /// <summary>Runs <paramref name="main"/> on the calling thread until it has ended; its exception is thrown.</summary>
    public void Run(Func<Task> main)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = main();

            // When the task ends while nothing else is ready, this is posted and ends the wait below.
            task.GetAwaiter().OnCompleted(static () => { });
            while (!task.IsCompleted)
            {
                var (callback, state) = ready.Take();
                callback(state);
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Asks something of the engine from another thread; what the question throws is thrown there, not here.</summary>
    public Task<T> AskAsync<T>(Func<Task<T>> question)
    {
        var answer = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(_ => answer.SetResult(RunAsync()), null);
        return answer.Task.Unwrap();

        async Task<T> RunAsync() => await question();
    }

    /// <inheritdoc/>
    public void Dispose() => ready.Dispose();
}
