using System.Text.Json;
using Provision.Machine.Containers;
using Provision.Machine.Images;
using Provision.Machine.Simulated.Containers;
using Provision.Machine.Simulated.Images;
using Provision.Machine.Simulated.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated;

/// <summary>
/// Keeps volumes, roots, images and containers of a simulated machine in one JSON file, so that a daemon finds them again after it was
/// killed: what ran runs on. Environments are not kept, because they may hold secrets. The file is written whole beside its place and
/// renamed: a kill at any moment leaves the old state or the new.
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
    /// boot than <paramref name="bootId"/> were ended by the reboot.
    /// </summary>
    /// <exception cref="FaultException"><c>DataLoss</c>: the file is not one that this wrote. <c>Unavailable</c>: it cannot be written.</exception>
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
                var restored = new SimulatedVolume
                {
                    Limit = volume.Limit is { } limit ? new ByteSize(limit) : null,
                    Files = new(volume.Files, StringComparer.Ordinal),
                    Image = volume.Image,
                };
                machine.Storage.Restore(new VolumeName(volume.Pool, Parse(volume.Owner)), restored);
            }

            foreach (var image in state.Images)
            {
                machine.Storage.Images[new ImageName(image.Pool, Parse(image.Digest))] =
                    new HeldImage(image.Image) { Holders = [.. image.Holders.Select(Parse)], UnusedSince = image.UnusedSince };
            }

            foreach (var container in state.Containers)
            {
                machine.Containers.Restore(Restored(container));
            }

            if (state.BootId != bootId)
            {
                machine.Containers.Reboot();
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
        [
            .. machine.Storage.Volumes
                .OrderBy(volume => volume.Key.ToString(), StringComparer.Ordinal)
                .Select(volume => Saved(volume.Key, volume.Value)),
        ])
        {
            BootId = bootId,
            Images =
            [
                .. machine.Storage.Images
                    .OrderBy(image => image.Key.ToString(), StringComparer.Ordinal)
                    .Select(image => Saved(image.Key, image.Value)),
            ],
            Containers =
            [
                .. machine.Containers.All
                    .OrderBy(container => container.Order.Owner.ToString(), StringComparer.Ordinal)
                    .Select(Saved),
            ],
        };
        var beside = path + ".new";
        try
        {
            using (var stream = File.Create(beside))
            {
                JsonSerializer.Serialize(stream, state, MachineStateJson.Default.MachineState);
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (IOException e)
        {
            throw new FaultException(
                new Fault(FaultCode.Unavailable, $"{path} cannot be written: {e.Message}", "Free some space on its disk."), e);
        }
    }

    private static VolumeState Saved(VolumeName name, SimulatedVolume volume) =>
        new(name.Pool, name.Owner.ToString(), volume.Limit?.Bytes, volume.Files) { Image = volume.Image };

    private static ImageState Saved(ImageName name, HeldImage held) =>
        new(name.Pool, name.Digest.ToString(), held.Image, [.. held.ListHolders().Select(holder => holder.ToString())], held.UnusedSince);

    private static ContainerState Saved(SimulatedContainer container) => new(
        container.Order.Owner.ToString(),
        Saved(new VolumeMount(container.Order.Root, "/")),
        container.Order.Arguments,
        container.Order.WorkingFolder,
        [.. container.Order.Mounts.Select(Saved)],
        container.Order.Memory.Bytes,
        container.End,
        container.Restarts);

    private static MountState Saved(VolumeMount mount) => new(mount.Volume.Pool, mount.Volume.Owner.ToString(), mount.Target);

    private static SimulatedContainer Restored(ContainerState state)
    {
        var order = new ContainerOrder
        {
            Owner = Parse(state.Owner),
            Root = Restored(state.Root).Volume,
            Arguments = state.Arguments,
            Environment = new Dictionary<string, string>(),
            WorkingFolder = state.WorkingFolder,
            Mounts = [.. state.Mounts.Select(Restored)],
            Cores = 1,
            Memory = new ByteSize(state.Memory),
        };
        return new SimulatedContainer(order) { End = state.End, Restarts = state.Restarts };
    }

    private static VolumeMount Restored(MountState state) => new(new VolumeName(state.Pool, Parse(state.Owner)), state.Target);

    private static Digest Parse(string text) => Digest.TryParse(text, out var digest)
        ? digest
        : throw new JsonException($"{text} is no digest");
}
