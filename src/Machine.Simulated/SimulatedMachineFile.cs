using System.Text.Json;
using Provision.Machine.Simulated.State;
using Provision.Reservations.Faults;
using Provision.Reservations.Files;

namespace Provision.Machine.Simulated;

/// <summary>
/// Keeps volumes, roots, images, networks and containers of a simulated machine in one JSON file, so that a daemon finds them again after
/// it was killed: what ran runs on. Environments are not kept, because they may hold secrets. The file is written whole beside its place
/// and renamed: a kill at any moment leaves the old state or the new.
/// </summary>
public sealed class SimulatedMachineFile
{
    private readonly SimulatedMachine machine;
    private readonly string path;
    private readonly string bootId;

    private SimulatedMachineFile(SimulatedMachine machine, string path, string bootId) =>
        (this.machine, this.path, this.bootId) = (machine, path, bootId);

    /// <summary>
    /// Takes up what the file holds, if there is one, and writes it anew after each change from now on. Containers that ran in another
    /// boot than <paramref name="bootId"/> were ended by the reboot, and networks are whole no more.
    /// </summary>
    /// <exception cref="FaultException">
    /// <c>DataLoss</c>: the file is not one that this wrote. <c>Unavailable</c>: it cannot be written.
    /// </exception>
    public static void Attach(SimulatedMachine machine, string path, string bootId)
    {
        var file = new SimulatedMachineFile(machine, path, bootId);
        if (File.Exists(path))
        {
            file.Load();
        }

        file.Save();
        machine.Storage.Changed += file.Save;
        machine.Images.Changed += file.Save;
        machine.Networks.Changed += file.Save;
        machine.Containers.Changed += file.Save;
    }

    private void Load()
    {
        try
        {
            using var stream = File.OpenRead(path);
            var state = JsonSerializer.Deserialize(stream, MachineStateJson.Default.MachineState)
                ?? throw new JsonException("null is no state");
            foreach (var volume in state.Volumes)
            {
                volume.Restore(machine.Storage);
            }

            foreach (var image in state.Images)
            {
                image.Restore(machine.Storage);
            }

            foreach (var network in state.Networks)
            {
                network.Restore(machine.Networks);
            }

            foreach (var container in state.Containers)
            {
                container.Restore(machine.Containers);
            }

            if (state.BootId != bootId)
            {
                machine.Containers.Reboot();
                machine.Networks.Reboot();
            }
        }
        catch (JsonException e)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.DataLoss,
                    $"{path} does not hold a simulated machine: {e.Message}",
                    "Delete it to begin with an empty one."),
                e);
        }
    }

    private void Save()
    {
        var state = new MachineState(
            Sorted(machine.Storage.Volumes.Select(one => VolumeState.Of(one.Key, one.Value)), volume => volume.Pool + volume.Owner))
        {
            BootId = bootId,
            Images = Sorted(machine.Storage.Images.Select(one => ImageState.Of(one.Key, one.Value)), image => image.Pool + image.Digest),
            Networks = Sorted(machine.Networks.All.Select(NetworkState.Of), network => network.Id),
            Containers = Sorted(machine.Containers.All.Select(ContainerState.Of), container => container.Owner),
        };
        try
        {
            WholeFile.Write(
                path,
                JsonSerializer.SerializeToUtf8Bytes(state, MachineStateJson.Default.MachineState),
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                overwrite: true,
                durable: false);
        }
        catch (IOException e)
        {
            throw new FaultException(
                new Fault(FaultCode.Unavailable, $"{path} cannot be written: {e.Message}", "Free some space on its disk."), e);
        }
    }

    private static T[] Sorted<T>(IEnumerable<T> states, Func<T, string> key) => [.. states.OrderBy(key, StringComparer.Ordinal)];
}
