namespace Provision.Provisioning;

/// <summary>
/// Waits that double from attempt to attempt, up to a bound,
/// with a random quarter on top so that many do not come back at once.
/// </summary>
public sealed class Backoff(EngineOptions options, Random random)
{
    /// <summary>The wait after so many failures in a row, from 1.</summary>
    public TimeSpan After(int failures)
    {
        var doubled = options.RetryDelay * Math.Pow(2, Math.Min(failures - 1, 30));
        var bounded = doubled < options.RetryDelayMax ? doubled : options.RetryDelayMax;
        return bounded * (1 + (random.NextDouble() / 4));
    }
}
