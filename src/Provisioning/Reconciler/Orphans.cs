using Microsoft.Extensions.Logging;
using Provision.Machine;
using Provision.Machine.Networks;
using Provision.Provisioning.Journal;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Reconciler;

/// <summary>
/// Holds what carries our mark against the journal. A thing goes only with the closed entry of its owner as proof, which is the case
/// when a power failure brought it back; what nothing explains is reported and kept. A refusal is no proof: after a loss of the journal
/// an order whose data is still in its grace period comes again and is refused.
/// </summary>
public sealed partial class Orphans(IMachine machine, Ledger ledger, ILogger<Orphans> log)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly List<(Digest Owner, string Thing)> unexplained = [];

    /// <summary>Things of owners that the journal does not know or refused, of those that the last sweep saw: a sort and a name.</summary>
    public IReadOnlyList<string> Unexplained => [.. unexplained.Where(one => !IsExplained(one.Owner)).Select(one => one.Thing)];

    /// <summary>Looks once. A machine that does not answer is reported, not an end: the next start looks again.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        try
        {
            // Containers first: what they use goes when they are gone.
            unexplained.Clear();
            foreach (var container in await machine.Containers.ListAsync(ct))
            {
                if (IsOrphan(container.Owner, $"container {container.Owner}"))
                {
                    await machine.Containers.RemoveAsync(container.Owner, Grace, ct);
                }
            }

            foreach (var network in await machine.Networks.ListAsync(ct))
            {
                await SweepAsync(network, ct);
            }

            foreach (var volume in await machine.Storage.ListVolumesAsync(ct))
            {
                if (IsOrphan(volume.Name.Owner, $"volume {volume.Name}"))
                {
                    await machine.Storage.RemoveVolumeAsync(volume.Name, ct);
                }
            }

            foreach (var image in await machine.Images.ListAsync(ct))
            {
                foreach (var holder in image.Holders)
                {
                    if (IsOrphan(holder, $"hold of {holder} on image {image.Name}"))
                    {
                        await machine.Images.ReleaseAsync(image.Name, holder, ct);
                    }
                }
            }
        }
        catch (FaultException e)
        {
            LogFailed(e.Fault);
        }
    }

    // Members first: the last holder goes only when there is none. One that nothing explains keeps it, and keeps nobody else.
    private async Task SweepAsync(Network network, CancellationToken ct)
    {
        var kept = false;
        foreach (var owner in network.Members.Select(member => member.Owner))
        {
            if (IsOrphan(owner, $"member {owner} of network {network.Id}"))
            {
                await machine.Networks.LeaveAsync(network.Id, owner, ct);
            }
            else
            {
                kept = true;
            }
        }

        var left = network.Holders.Count;
        foreach (var holder in network.Holders)
        {
            if ((!kept || left > 1) && IsOrphan(holder, $"hold of {holder} on network {network.Id}"))
            {
                left--;
                await machine.Networks.ReleaseAsync(network.Id, holder, ct);
            }
        }
    }

    // True: proof says that it may go. Notes what has no explanation at all.
    private bool IsOrphan(Digest owner, string thing)
    {
        switch (ledger.Find(owner))
        {
            case { Lease: not null, State.Closed: true }:
                LogRemoved(thing);
                return true;
            case var _ when !IsExplained(owner):
                LogUnexplained(thing);
                unexplained.Add((owner, thing));
                return false;
            default:
                return false;
        }
    }

    // After a loss of the journal the order of a thing may come again.
    private bool IsExplained(Digest owner) => ledger.Find(owner) is { Lease: not null } || ledger.SetAside.ContainsKey(owner);

    [LoggerMessage(LogLevel.Warning, "The {Thing} outlived its closed order and is removed")]
    private partial void LogRemoved(string thing);

    [LoggerMessage(LogLevel.Warning, "The {Thing} carries our mark, but the journal knows no order that made it; it is kept")]
    private partial void LogUnexplained(string thing);

    [LoggerMessage(LogLevel.Warning, "The machine could not be searched for orphans: {Fault}")]
    private partial void LogFailed(Fault fault);
}
