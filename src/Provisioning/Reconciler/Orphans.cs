using Microsoft.Extensions.Logging;
using Provision.Machine.Storage;
using Provision.Provisioning.Journal;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Reconciler;

/// <summary>
/// Holds what carries our mark against the journal. A volume goes only with the closed entry of its owner as proof, which is the case
/// when a power failure brought it back; what nothing explains is reported and kept. A refusal is no proof: after a loss of the journal
/// an order whose data is still in its grace period comes again and is refused.
/// </summary>
public sealed partial class Orphans(IStorage storage, Ledger ledger, ILogger<Orphans> log)
{
    /// <summary>Volumes of owners that the journal does not know or refused, as the last sweep saw them.</summary>
    public IReadOnlyList<Volume> Unexplained { get; private set; } = [];

    /// <summary>Looks once. A machine that does not answer is reported, not an end: the next start looks again.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        try
        {
            var volumes = await storage.ListVolumesAsync(ct);
            Unexplained =
            [
                .. volumes.Where(volume => !ledger.SetAside.ContainsKey(volume.Name.Owner)
                    && ledger.Find(volume.Name.Owner) is null or { Lease: null }),
            ];
            foreach (var volume in volumes)
            {
                if (ledger.Find(volume.Name.Owner) is { State.Closed: true, Lease: not null })
                {
                    LogRemoved(volume.Name);
                    await storage.RemoveVolumeAsync(volume.Name, ct);
                }
            }

            foreach (var volume in Unexplained)
            {
                LogUnexplained(volume.Name);
            }
        }
        catch (FaultException e)
        {
            LogFailed(e.Fault);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Volume {Volume} outlived its closed order and is removed")]
    private partial void LogRemoved(VolumeName volume);

    [LoggerMessage(LogLevel.Warning, "Volume {Volume} carries our mark, but the journal knows no order that made it; it is kept")]
    private partial void LogUnexplained(VolumeName volume);

    [LoggerMessage(LogLevel.Warning, "The machine could not be searched for orphans: {Fault}")]
    private partial void LogFailed(Fault fault);
}
