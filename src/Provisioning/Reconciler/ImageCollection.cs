using Microsoft.Extensions.Logging;
using Provision.Machine;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Reconciler;

/// <summary>Has the machine remove images that nobody has held for a while.</summary>
public sealed partial class ImageCollection(IMachine machine, EngineOptions options, ILogger<ImageCollection> log)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>Collects now and then until cancelled. A machine that does not answer is reported and asked again.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        for (; ; )
        {
            try
            {
                await machine.Images.CollectAsync(options.ImageKeep, ct);
            }
            catch (FaultException e)
            {
                LogFailed(e.Fault.Brief);
            }

            await machine.Clock.Time.DelayAsync(Interval, ct);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Images that nobody needs could not be removed: {Fault}")]
    private partial void LogFailed(string fault);
}
