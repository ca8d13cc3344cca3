using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Linux.Storage;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// Finds the runtime that makes containers: crun where it does what we need of it, since it starts one in half the time, and runc else.
/// What is installed proves nothing (crun does not take control groups of version 1), so it is tried with a container.
/// </summary>
/// <param name="bundle">A folder that is not there, for the container.</param>
/// <param name="name">What the container is called.</param>
/// <param name="commands">Starts the runtime.</param>
internal sealed class RuntimeProbe(string bundle, string name, Commands commands)
{
    private const string Config = """
        {"ociVersion":"1.0.2","process":{"user":{"uid":0,"gid":0},"args":["/bin/true"],"cwd":"/","noNewPrivileges":true},
        "root":{"path":"ROOT","readonly":true},
        "mounts":[{"destination":"/proc","type":"proc","source":"proc"},
        {"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid","mode=755","size=65536k"]}],
        "linux":{"namespaces":[{"type":"mount"},{"type":"pid"},{"type":"ipc"},{"type":"uts"},{"type":"network"},{"type":"user"}],
        "uidMappings":[{"containerID":0,"hostID":FIRST,"size":65536}],"gidMappings":[{"containerID":0,"hostID":FIRST,"size":65536}],
        "seccomp":{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["keyctl"],"action":"SCMP_ACT_ERRNO"}]},
        "resources":{"pids":{"limit":64},"memory":{"limit":67108864},"cpu":{"quota":100000,"period":100000}}}}
        """;

    /// <summary>For an instance.</summary>
    public RuntimeProbe(Places places, Commands commands)
        : this(Path.Combine(places.Volatile, "probe"), $"provision-{places.Tag}-probe", commands)
    {
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private string Root => Path.Combine(bundle, "rootfs");

    private string State => Path.Combine(bundle, "state");

    /// <summary>The runtime to use on this machine.</summary>
    public async ValueTask<string> ChooseAsync() =>
        Commands.IsInstalled(Programs.Crun) && await WorksAsync(Programs.Crun) ? Programs.Crun : Programs.Runc;

    /// <summary>True when the runtime runs a program in a container: ids of its own, a filter, and each limit.</summary>
    public async ValueTask<bool> WorksAsync(string runtime) => await TryAsync(runtime, CancellationToken.None) is null;

    /// <summary>Why the runtime does not do that; null: it does. A trial that is given up leaves nothing.</summary>
    public async ValueTask<Fault?> TryAsync(string runtime, CancellationToken ct)
    {
        Clear();
        Directory.CreateDirectory(Root);
        try
        {
            using (var host = Libc.OpenFolder("/"))
            using (var mount = SystemCalls.CloneMount(host))
            using (var place = Libc.OpenFolder(Root))
            {
                if (mount.IsInvalid || SystemCalls.PlaceMount(mount, place) is not null)
                {
                    throw Errno.Last.Unavailable("A runtime cannot be tried", "Look at the kernel's log: dmesg | tail");
                }
            }

            var first = IdRanges.FirstOf(IdRanges.Slots - 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
            var config = Config.Replace("ROOT", Root, StringComparison.Ordinal).Replace("FIRST", first, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(bundle, "config.json"), config);
            await commands.RunAsync(runtime, ["--root", State, "run", "--bundle", bundle, name], ct);
            return null;
        }
        catch (OperationCanceledException)
        {
            await RemoveAsync(runtime);
            throw;
        }
        catch (FaultException e) when (e.Fault.Transient)
        {
            return e.Fault; // That it does not is the answer.
        }
        finally
        {
            Clear();
        }
    }

    // Whether it came to a container, nobody knows; one that hung when it made one may hang again.
    private async ValueTask RemoveAsync(string runtime)
    {
        using var late = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            await commands.RunAsync(runtime, ["--root", State, "delete", "--force", name], late.Token);
        }
        catch (Exception e) when (e is FaultException or OperationCanceledException)
        {
            // Its processes were killed; what is left of it is a control group without any.
        }
    }

    private void Clear()
    {
        while (Directory.Exists(Root) && Libc.Unmount(Root, Libc.Detach | Libc.NoFollow) == 0)
        {
        }

        if (Directory.Exists(bundle))
        {
            if (Directory.Exists(Root))
            {
                // A trial that a killed daemon left running may have made folders where its root was. Were the machine's own root still
                // mounted there, nothing of it may go.
                var own = Mounts.List().Any(mount => mount.Target == Root) ? [] : Directory.GetDirectories(Root);
                Array.ForEach(own, folder => Directory.Delete(folder, recursive: false));
                Directory.Delete(Root, recursive: false);
            }

            Directory.Delete(bundle, recursive: true);
        }
    }
}
