using Polly;
using Polly.Retry;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Explorer.Client;

/// <summary>
/// An explorer over HTTP, for nodes and for users. Every request has a deadline and every answer a bound. Faults that the explorer names
/// come back as they are; all that goes wrong on the way is <see cref="FaultCode.Unavailable"/>.
/// </summary>
public sealed partial class ExplorerClient : IDisposable
{
    private const string Api = "api/v1";
    private static readonly TimeSpan ConnectTimeMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(5);

    private readonly HttpClient http;
    private readonly Exchange exchange;
    private readonly TimeProvider time;
    private readonly TimeSpan retryTime;

    /// <summary>An explorer at the base address of this client, which must end in a slash and is disposed with it.</summary>
    /// <param name="http">Sends.</param>
    /// <param name="key">As for <see cref="Create"/>.</param>
    public ExplorerClient(HttpClient http, KeyPair? key)
        : this(http, new Exchange(http, key, TimeProvider.System), TimeProvider.System, TimeSpan.Zero)
    {
    }

    private ExplorerClient(HttpClient http, Exchange exchange, TimeProvider time, TimeSpan retryTime)
    {
        this.http = http;
        this.exchange = exchange;
        this.time = time;
        this.retryTime = retryTime;
    }

    /// <summary>An explorer at this address, with connections of its own.</summary>
    /// <param name="address">With or without a slash at its end.</param>
    /// <param name="key">Whose requests are signed as: what is not public is told to its holder only. Null: they are not signed.</param>
    public static ExplorerClient Create(Uri address, KeyPair? key)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeMax,
            AllowAutoRedirect = false,
            UseCookies = false,

            // A proxy of the environment is for the world outside; it cannot reach our loopback.
            UseProxy = !address.IsLoopback,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        var root = address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + '/');
        return new ExplorerClient(new HttpClient(handler) { BaseAddress = root, Timeout = Timeout.InfiniteTimeSpan }, key);
    }

    /// <summary>
    /// The same explorer, but what users ask is asked again while the fault is transient, at growing intervals with jitter, for about this
    /// long: repeating an order does no harm. What nodes ask is never repeated here: the engine does that.
    /// </summary>
    public ExplorerClient WithRetry(TimeSpan limit, TimeProvider? time = null) => new(http, exchange, time ?? TimeProvider.System, limit);

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken ct)
    {
        var begin = time.GetTimestamp();
        var retry = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Exception is FaultException { Fault.Transient: true } && time.GetElapsedTime(begin) < retryTime),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstRetryDelay,
                MaxDelay = RetryDelayMax,
                MaxRetryAttempts = int.MaxValue,
            })
            .Build();
        return await retry.ExecuteAsync(async token => await ask(token), ct);
    }
}
