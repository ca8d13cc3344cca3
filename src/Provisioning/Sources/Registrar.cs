using Microsoft.Extensions.Logging;
using Provision.Provisioning.Admission;
using Provision.Provisioning.Journal;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;

namespace Provision.Provisioning.Sources;

/// <summary>
/// Registers the node, and again when what it offers is not what it registered, or the explorer's epoch changes, because a new database
/// does not know its nodes. One that may not register still has to hear of cancels: it goes on without, says so, and tries again later.
/// </summary>
public sealed partial class Registrar(
    IExplorer explorer,
    Ledger ledger,
    CapacityBook capacity,
    Func<NodeRegistration> registration,
    TimeProvider time,
    Backoff backoff,
    ILogger<Registrar> log)
{
    private string? epoch;
    private NodeOffer? offer;
    private int failures;
    private long next = long.MinValue;

    /// <summary>Why the node is not registered; null: it is, or was not looked at yet.</summary>
    public Fault? Trouble { get; private set; }

    /// <summary>Registers the node if it has to be.</summary>
    /// <exception cref="FaultException">The explorer does not answer now.</exception>
    public async Task EnsureAsync(CancellationToken ct)
    {
        if ((epoch is not null && capacity.ReadOffer() == offer) || time.GetTimestamp() < next)
        {
            return;
        }

        if (await TryAsync(ct) is not { } fault)
        {
            (Trouble, failures) = (null, 0);
            return;
        }

        next = time.GetTimestamp() + (long)(backoff.After(++failures).TotalSeconds * time.TimestampFrequency);
        if (Trouble?.Cause?.What != fault.What)
        {
            LogNotRegistered(fault.Brief);
        }

        Trouble = new Fault(fault.Code, "The node is not registered, or not with what it offers", fault.Remedy, fault);
    }

    /// <summary>Takes note of the epoch of an explorer that answered.</summary>
    public void Hear(string answered)
    {
        if (epoch is not null && answered != epoch)
        {
            epoch = epoch.Length == 0 ? answered : null;
        }
    }

    // Null: done. Pools that do not answer are offered as they were when they last did.
    private async Task<Fault?> TryAsync(CancellationToken ct)
    {
        try
        {
            await capacity.AskPoolsAsync(ct);
        }
        catch (FaultException e)
        {
            if (capacity.ReadOffer() is null)
            {
                return e.Fault;
            }
        }

        try
        {
            var document = registration();
            await explorer.RegisterAsync(document, ct);
            (epoch, offer) = (ledger.Cursor.Epoch, document.Offer);
            return null;
        }
        catch (FaultException e) when (!e.Fault.Transient)
        {
            return e.Fault;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The node is not registered: {Fault}")]
    private partial void LogNotRegistered(string fault);
}
