using Provision.Machine.Containers;
using Provision.Machine.Simulated.Images;
using Provision.Machine.Simulated.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Containers;

/// <summary>The files of a machine as one container sees them. Links are known, and never followed.</summary>
internal sealed class ContainerView(SimulatedStorage storage, ContainerOrder order)
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const long IdMax = 65535;

    /// <summary>Throws the fault that keeps it from being started, if there is one.</summary>
    public void Check()
    {
        CheckVolume(order.Root);
        CheckMounts();
        CheckUser();
        CheckProgram();
    }

    public bool Holds(string path) => Volume(path) is var (name, inner) && (storage.Find(name).Holds(inner) || IsAboveMount(path));

    public ByteSize? SizeOf(string path) => Volume(path) is var (name, inner) ? storage.ReadFile(name, inner) : null;

    /// <summary>Writes a file; false when there is no room for it.</summary>
    public bool TryWrite(string path, ByteSize size)
    {
        var (name, inner) = Volume(path);
        return TryWrite(name, inner, size);
    }

    /// <summary>Writes into its root what tells programs of their network; a root that is full goes without.</summary>
    public void WriteNetworkFiles()
    {
        foreach (var file in new[] { "etc/hostname", "etc/hosts", "etc/resolv.conf" })
        {
            TryWrite(order.Root, file, new ByteSize(64));
        }
    }

    private SimulatedImage? Image => storage.Find(order.Root).Image;

    private bool TryWrite(VolumeName name, string path, ByteSize size)
    {
        try
        {
            storage.WriteFile(name, path, size);
            return true;
        }
        catch (FaultException e) when (e.Fault.Code is FaultCode.OutOfCapacity or FaultCode.NotFound or FaultCode.Unavailable)
        {
            return false;
        }
    }

    private bool IsAboveMount(string path) =>
        order.Mounts.Any(mount => mount.Target.StartsWith($"/{string.Join('/', Parts(path))}", StringComparison.Ordinal));

    private (VolumeName Name, string Path) Volume(string path)
    {
        var parts = Parts(path);
        foreach (var mount in order.Mounts)
        {
            var target = Parts(mount.Target);
            if (parts.Take(target.Count).SequenceEqual(target))
            {
                return (mount.Volume, string.Join('/', parts.Skip(target.Count)));
            }
        }

        return (order.Root, string.Join('/', parts));
    }

    private List<string> Parts(string path)
    {
        var parts = new List<string>();
        var whole = path.StartsWith('/') ? path : $"{order.WorkingFolder}/{path}";
        foreach (var part in whole.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part is "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part is not ".")
            {
                parts.Add(part);
            }
        }

        return parts;
    }

    private void CheckVolume(VolumeName name)
    {
        storage.Find(name);
        storage.CheckWorks(name.Pool);
    }

    private void CheckMounts()
    {
        var root = storage.Find(order.Root);
        foreach (var (volume, target) in order.Mounts)
        {
            CheckVolume(volume);
            var parts = target.Split('/')[1..];
            var others = order.Mounts.Count(other => $"{target}/".StartsWith($"{other.Target}/", StringComparison.Ordinal));
            if (target is "" or "/" || target[0] != '/' || others != 1 || parts.Any(part => part is "" or "." or "..")
                || Enumerable.Range(1, parts.Length).Any(count => root.HoldsOther(string.Join('/', parts[..count]))))
            {
                throw new FaultException(
                    FaultCode.Invalid,
                    $"\"{target}\" is no place for a volume",
                    "Name an absolute path of plain folders, without links and .., that is in no other volume.");
            }
        }
    }

    private void CheckUser()
    {
        var names = order.User.Split(':');
        if (order.User.Length > 0 && (names.Length > 2 || !names.All(IsUser)))
        {
            throw new FaultException(FaultCode.Invalid, $"The image has no user \"{order.User}\"", "Name one that it has.");
        }
    }

    private bool IsUser(string name) => name.Length > 0 && name.All(char.IsAsciiDigit)
        ? name.Length <= 5 && int.Parse(name, System.Globalization.CultureInfo.InvariantCulture) <= IdMax
        : Image?.Users?.Contains(name) is not false && name.Length > 0 && name[0] != '-';

    private void CheckProgram()
    {
        var program = order.Arguments is [var first, ..] ? first : "";
        var places = program.Contains('/', StringComparison.Ordinal)
            ? [program]
            : order.Environment.GetValueOrDefault("PATH", DefaultPath).Split(':').Select(folder => $"{folder}/{program}");
        if (program is "" || !places.Any(IsProgram))
        {
            throw new FaultException(FaultCode.Invalid, $"The image has no program \"{program}\"", "Name one that it has.");
        }
    }

    // A program that a tenant wrote is not known by name and could not be run.
    private bool IsProgram(string path) => Volume(path) is var (name, inner)
        && (name != order.Root || Image?.Programs?.Contains(inner) is not false);
}
