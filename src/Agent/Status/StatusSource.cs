using Provision.Agent.Hosting;
using Provision.Agent.Telemetry;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Agent.Status;

/// <summary>Answers the status socket. Questions are put to engine and machine on the engine's own thread.</summary>
internal sealed class StatusSource(EngineThread thread, Engine engine, MachineHold hold)
{
    /// <summary>How the engine stands.</summary>
    public async Task<CanonicalJson> StatusAsync()
    {
        var status = await thread.AskAsync(() => Task.FromResult(engine.Status()));
        return CanonicalJson.Build(writer => StatusJson.Write(writer, status));
    }

    /// <summary>Has the gauges show how the engine stands now.</summary>
    public async Task UpdateAsync(EngineMeters meters) => meters.Status = await thread.AskAsync(() => Task.FromResult(engine.Status()));

    /// <summary>Everything on the machine that carries our mark.</summary>
    public async Task<CanonicalJson> InventoryAsync(CancellationToken ct)
    {
        var inventory = await thread.AskAsync(() => Inventory.TakeAsync(hold.Machine, ct));
        return CanonicalJson.Build(inventory.WriteTo);
    }

    /// <summary>Takes up what a node of Zero-OS kept in a folder; a report for each file.</summary>
    /// <exception cref="FaultException">There is no such folder, or the machine could not be asked for its pools.</exception>
    public async Task<CanonicalJson> ImportAsync(string folder, CancellationToken ct)
    {
        var files = StoreFolder.Read(folder);
        var reports = await thread.AskAsync(() => engine.ImportAsync(files, ct));
        return CanonicalJson.Build(writer => ImportJson.Write(writer, reports));
    }

    /// <summary>Writes a file of this size into a simulated volume.</summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.Denied"/>: the machine is real. <see cref="FaultCode.OutOfCapacity"/>: past the limit.
    /// </exception>
    public async Task WriteAsync(Digest owner, string file, ByteSize size)
    {
        if (hold.Simulated is not { } storage)
        {
            throw new FaultException(FaultCode.Denied, "This machine is real", "Write to the volume's folder, which the inventory names.");
        }

        await thread.AskAsync(async () =>
        {
            var volumes = await storage.ListVolumesAsync(CancellationToken.None);
            var volume = volumes.FirstOrDefault(volume => volume.Name.Owner == owner)
                ?? throw new FaultException(
                    FaultCode.NotFound, $"{owner} has no volume here", "See the volumes with 'provisiond inventory'.");
            storage.WriteFile(volume.Name, file, size);
            return true;
        });
    }
}
