namespace Provision.Provisioning;

/// <summary>Runs loops side by side as one.</summary>
public static class Together
{
    /// <summary>
    /// Ends when all have ended. The first that ends, in whatever way, cancels the others;
    /// its exception is the one that is thrown.
    /// </summary>
    public static async Task RunAsync(CancellationToken ct, params IReadOnlyList<Func<CancellationToken, Task>> loops)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = loops.Select(loop => loop(stop.Token)).ToList();
        var first = await Task.WhenAny(running);
        stop.Cancel();
        try
        {
            await Task.WhenAll(running);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The others were told to end; what counts is how the first one did.
        }

        await first;
    }
}
