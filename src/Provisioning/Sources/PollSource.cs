using Microsoft.Extensions.Logging;
using Provision.Provisioning.Admission;
using Provision.Provisioning.Journal;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;

namespace Provision.Provisioning.Sources;

/// <summary>
/// Polls the explorer's feed and hands each page to the intake. Registers the node first, and again whenever the explorer's epoch
/// changes, because a new database does not know its nodes.
/// </summary>
public sealed partial class PollSource(
    IExplorer explorer, Intake intake, Ledger ledger, Func<NodeRegistration> registration, TimeProvider time, EngineOptions options, Backoff backoff, ILogger<PollSource> log)
    : IReservationSource
{
    private string? registeredEpoch;

    /// <summary>When the last poll was answered and its page was taken, by <see cref="TimeProvider.GetTimestamp"/>; null before the first.</summary>
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
                failures = 0;
                Trouble = null;
            }
            catch (FaultException e)
            {
                failures++;
                if (Trouble?.What != e.Fault.What)
                {
                    LogPollFailed(e.Fault);
                }

                Trouble = e.Fault;
                await time.DelayAsync(backoff.After(failures), ct);
            }
        }
    }

    private async Task PollOnceAsync(CancellationToken ct)
    {
        if (registeredEpoch is null)
        {
            await explorer.RegisterAsync(registration(), ct);
            registeredEpoch = ledger.Cursor.Epoch;
        }

        // Until an answer came it does not wait for news, or our status would say for half a minute that we cannot poll.
        var wait = LastGoodPoll is null || Trouble is not null ? TimeSpan.Zero : options.PollWait;
        var page = await explorer.PollAsync(ledger.Node, ledger.Cursor, wait, ct);
        await intake.TakeAsync(page, ct);
        LastGoodPoll = time.GetTimestamp();
        if (page.Next.Epoch != registeredEpoch)
        {
            registeredEpoch = registeredEpoch.Length == 0 ? page.Next.Epoch : null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The explorer cannot be polled: {Fault}")]
    private partial void LogPollFailed(Fault fault);
}
