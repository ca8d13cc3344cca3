using Microsoft.Extensions.Logging;
using Provision.Machine;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Reconciler;

/// <summary>Has the machine look at its networks now and then, and make whole again what somebody else changed.</summary>
public sealed partial class NetworkMending(IMachine machine, EngineOptions options, ILogger<NetworkMending> log)
{
    /// <summary>What was mended last, and when; null when nothing was since the daemon started.</summary>
    public Mending? Last { get; private set; }

    /// <summary>Why the machine could not look when it was last asked, or null.</summary>
    public Fault? Trouble { get; private set; }

    /// <summary>Looks at once, and then until cancelled. A machine that does not answer is reported and asked again.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        for (; ; )
        {
            await LookAsync(ct);
            await machine.Clock.Time.DelayAsync(options.MendInterval, ct);
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            var mended = await machine.Networks.MendAsync(ct);
            Trouble = null;
            foreach (var line in mended)
            {
                LogMended(line);
            }

            if (mended.Count > 0)
            {
                Last = new Mending(machine.Clock.Time.GetUtcNow(), mended);
            }
        }
        catch (FaultException e)
        {
            // Said once, not every few seconds.
            if (Trouble?.Cause?.What != e.Fault.What)
            {
                LogFailed(e.Fault.Brief);
            }

            Trouble = new Fault(FaultCode.Unavailable, "The networks could not be looked at", "It is tried again.", e.Fault);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Mended: {What}")]
    private partial void LogMended(string what);

    [LoggerMessage(LogLevel.Warning, "The networks could not be looked at: {Fault}")]
    private partial void LogFailed(string fault);
}
