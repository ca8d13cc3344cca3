using Microsoft.Extensions.Logging;
using Provision.Provisioning.Admission;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Telemetry;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;

namespace Provision.Provisioning.Sources;

/// <summary>
/// Polls the explorer's feed and hands each page to the intake. Registers the node first, and again when what it offers is not what it
/// registered, or the explorer's epoch changes, because a new database does not know its nodes.
/// </summary>
public sealed partial class PollSource(
    IExplorer explorer,
    Intake intake,
    Ledger ledger,
    CapacityBook capacity,
    Func<NodeRegistration> registration,
    TimeProvider time,
    EngineOptions options,
    Backoff backoff,
    ILogger<PollSource> log)
    : IReservationSource
{
    private string? registeredEpoch;
    private NodeOffer? registeredOffer;

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
            }
            catch (FaultException e)
            {
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
        if (registeredEpoch is null || capacity.ReadOffer() != registeredOffer)
        {
            await RegisterAsync(ct);
        }

        // Until an answer came it does not wait for news: whoever asks how we stand is told at once whether we can poll.
        var wait = LastGoodPoll is null || Trouble is not null ? TimeSpan.Zero : options.PollWait;
        var (asked, cursor) = (time.GetTimestamp(), ledger.Cursor);
        var page = await explorer.PollAsync(ledger.Node, cursor, wait, ct);
        var useful = await intake.TakeAsync(page, ct);
        LastGoodPoll = time.GetTimestamp();
        if (registeredEpoch is not null && page.Next.Epoch != registeredEpoch)
        {
            registeredEpoch = registeredEpoch.Length == 0 ? page.Next.Epoch : null;
        }

        // An honest explorer holds a poll until there is news; another one must not make the node spin and write cursors.
        var news = useful && (page.Next.Epoch != cursor.Epoch || page.Next.Sequence > cursor.Sequence);
        if (!news && wait > TimeSpan.Zero && time.GetElapsedTime(asked) < options.RetryDelay)
        {
            await time.DelayAsync(options.RetryDelay, ct);
        }
    }

    // A node that may not register, because its clock is wrong for instance, or cannot, because its pools do not answer, still has to hear
    // of cancels.
    private async Task RegisterAsync(CancellationToken ct)
    {
        try
        {
            await capacity.AskPoolsAsync(ct);
        }
        catch (FaultException e)
        {
            LogNoCapacity(e.Fault.Brief);
            return;
        }

        try
        {
            var document = registration();
            await explorer.RegisterAsync(document, ct);
            (registeredEpoch, registeredOffer) = (ledger.Cursor.Epoch, document.Offer);
        }
        catch (FaultException e) when (!e.Fault.Transient)
        {
            LogNotRegistered(e.Fault.Brief);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The node does not register before its pools can be asked for: {Fault}")]
    private partial void LogNoCapacity(string fault);

    [LoggerMessage(LogLevel.Warning, "The explorer does not register this node: {Fault}")]
    private partial void LogNotRegistered(string fault);

    [LoggerMessage(LogLevel.Warning, "The explorer cannot be polled: {Fault}")]
    private partial void LogPollFailed(string fault);
}
