using Provision.Machine;
using Provision.Machine.Storage;
using Provision.Provisioning.Journal;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire.ZeroOs;

namespace Provision.Provisioning.Admission;

/// <summary>
/// Takes the reservations that a node of Zero-OS v0.2.1 kept in its folder into the journal, file by file. Each is held to what holds for
/// every order: its user's signature, its lease, what its kind can do, and what the machine has room for. Of the farmer's policy the
/// reserves hold alone: these leases were made already. A file that cannot be taken is reported and leaves no trace, so the same folder can
/// be imported again; what is in the journal already is left as it is.
/// </summary>
internal sealed class FolderImport(Ledger ledger, IMachine machine, Policy policy)
{
    private readonly Planner planner = new(ledger, machine, policy.OnlyReserves);

    /// <summary>Ends when what was taken is durable. The reports are in the order of the files.</summary>
    /// <exception cref="FaultException">The machine could not be asked for its pools: nothing was taken.</exception>
    public async Task<IReadOnlyList<ImportedFile>> TakeAsync(IReadOnlyList<FolderFile> files, CancellationToken ct)
    {
        var pools = await machine.Storage.ListPoolsAsync(ct);
        var reports = new Dictionary<string, ImportedFile>(StringComparer.Ordinal);

        // What builds on others comes behind them, as it does in a feed.
        foreach (var (file, stored, fault) in files.Select(Read).OrderBy(read => ledger.FindModule(read.Stored?.Kind ?? "")?.Rank))
        {
            reports[file.Name] = stored is null
                ? new ImportedFile(file.Name, ImportOutcome.Broken) { Why = fault }
                : Take(file.Name, stored, pools);

            // A check of a signature takes a tenth of a millisecond, and everything else shares the thread.
            await Task.Yield();
        }

        await ledger.Durable;
        return [.. files.Select(file => reports[file.Name])];
    }

    private static (FolderFile File, ZeroOsReservation? Stored, Fault? Fault) Read(FolderFile file)
    {
        if (file.Trouble is not null)
        {
            return (file, null, file.Trouble);
        }

        try
        {
            var stored = StoreFile.Read(file.Content);
            return stored.Id == file.Name
                ? (file, stored, null)
                : (file, null, Fault.Invalid(
                    "The file is that of another reservation",
                    [new Problem("/id", $"is \"{stored.Id}\", not the name of the file", "give the file its name back")]));
        }
        catch (FaultException e)
        {
            return (file, null, e.Fault);
        }
    }

    private ImportedFile Take(string name, ZeroOsReservation stored, IReadOnlyList<Pool> pools)
    {
        var order = default(Digest);
        try
        {
            var reservation = stored.ToOrder();
            order = reservation.ComputeDigest();
            if (ledger.Find(order) is not null || ledger.SetAside.ContainsKey(order))
            {
                return new ImportedFile(name, ImportOutcome.Known) { Order = order, Kind = stored.Kind };
            }

            var verified = OrderVerifier.Verify(reservation, version1: true);
            planner.RequireOurs(reservation);
            RequireWanted(stored);
            var planned = planner.Plan(verified, extended: null, reservation.ZeroOsId!.Value, pools);
            _ = ledger.AppendAsync(ledger.Add(order, stored.Kind), planned);
            return new ImportedFile(name, ImportOutcome.Taken) { Order = order, Kind = stored.Kind };
        }
        catch (FaultException e)
        {
            return new ImportedFile(name, ImportOutcome.Refused) { Order = order, Kind = stored.Kind, Why = e.Fault };
        }
    }

    private static void RequireWanted(ZeroOsReservation stored)
    {
        if (stored.ToDelete)
        {
            throw new FaultException(FaultCode.Denied, "Its user asked for it to be deleted", "Order it anew if that was not meant.");
        }
    }
}
