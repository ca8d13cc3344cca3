using Microsoft.Extensions.Logging;
using Provision.Provisioning.Admission;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Telemetry;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Sources;

/// <summary>
/// Polls the explorer's feed and hands each page to the intake, once the node is registered.
/// </summary>
public sealed partial class PollSource(
    IExplorer explorer,
    Intake intake,
    Ledger ledger,
    Registrar registrar,
    Action gotOn,
    TimeProvider time,
    EngineOptions options,
    Backoff backoff,
    ILogger<PollSource> log)
    : IReservationSource
{
    // Pages that an explorer which lost its place may have a node read again before each has to wait: 10,000 orders.
    private const int RepeatsMax = 100;
    private int repeats;

    /// <summary>
    /// When the last poll was answered and its page was taken, by <see cref="TimeProvider.GetTimestamp"/>;
    /// null before the first.
    /// </summary>
    public long? LastGoodPoll { get; private set; }

    /// <summary>What the last poll failed with; null when it did not.</summary>
    public Fault? Trouble { get; private set; }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken ct)
    {
        for (var failures = 0; ;)
        {
            try
            {
                await PollOnceAsync(ct);
                EngineTelemetry.CountPoll(null);
                failures = 0;
                Trouble = null;
                gotOn();
            }
            catch (FaultException e)
            {
                gotOn();
                EngineTelemetry.CountPoll(e.Fault);
                failures++;
                if (Trouble?.What != e.Fault.What)
                {
                    LogPollFailed(e.Fault.Brief);
                }

                Trouble = e.Fault;
                await time.DelayAsync(backoff.After(failures), ct);
            }
        }
    }

    private async Task PollOnceAsync(CancellationToken ct)
    {
        await registrar.EnsureAsync(ct);

        // Until an answer came it does not wait for news: whoever asks how we stand is told at once whether we can poll.
        var wait = LastGoodPoll is null || Trouble is not null ? TimeSpan.Zero : options.PollWait;
        var (asked, cursor) = (time.GetTimestamp(), ledger.Cursor);
        var page = await explorer.PollAsync(ledger.Node, cursor, wait, ct);
        var worth = await intake.TakeAsync(page, ct);
        LastGoodPoll = time.GetTimestamp();
        registrar.Hear(page.Next.Epoch);

        // An honest explorer holds a poll until there is news; another one must not make the node spin and write cursors.
        var moves = page.Next.Epoch != cursor.Epoch || page.Next.Sequence > cursor.Sequence;
        repeats = worth == PageWorth.Known ? repeats + 1 : 0;
        var isHonest = moves && worth != PageWorth.Nothing && repeats <= RepeatsMax;
        if (!isHonest && wait > TimeSpan.Zero && time.GetElapsedTime(asked) < options.RetryDelay)
        {
            await time.DelayAsync(options.RetryDelay, ct);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The explorer cannot be polled: {Fault}")]
    private partial void LogPollFailed(string fault);
}
