using Provision.Machine.Linux.Doctor;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Linux.Storage;
using Provision.Machine.Storage;

namespace Provision.Machine.Linux.Tests.Doctor;

/// <summary>A machine of files: what is not written for it is that of a machine that is well.</summary>
internal sealed class FakeMachine : IDisposable
{
    private static readonly string[] AllPrograms =
        [Programs.MakeBtrfs, Programs.LoopSetup, Programs.Conmon, Programs.Runc, Programs.Crun, Programs.Nft];

    private readonly TemporaryFolder temporary = new();

    public FakeMachine()
    {
        foreach (var folder in new[] { "proc/self/ns", "proc/sys/net/ipv6", "sys", "etc", "dev", "programs", "machine" })
        {
            Directory.CreateDirectory(temporary.Of(folder));
        }

        foreach (var file in new[]
        {
            "self/mountinfo", "self/status", "self/limits", "swaps", "sys/kernel/osrelease", "sys/kernel/pid_max",
            "sys/kernel/threads-max", "sys/kernel/random/boot_id", "sys/kernel/seccomp/actions_avail", "sys/user/max_user_namespaces",
            "sys/user/max_net_namespaces",
        })
        {
            Write($"proc/{file}", File.ReadAllText(Path.Combine("/proc", file)));
        }

        Write("dev/loop-control", "");
        Write("proc/self/ns/user", "");
        Write("proc/self/ns/net", "");
        foreach (var program in AllPrograms)
        {
            File.CreateSymbolicLink(temporary.Of($"programs/{program}"), Commands.Find(program));
        }
    }

    /// <summary>The folder of its instance.</summary>
    public string Root => temporary.Of("machine");

    public Surroundings Here => new()
    {
        Proc = temporary.Of("proc"),
        Sys = temporary.Of("sys"),
        Etc = temporary.Of("etc"),
        Dev = temporary.Of("dev"),
        ProgramFolders = [temporary.Of("programs")],
    };

    /// <summary>Writes a file, such as <c>proc/swaps</c>; returns its path.</summary>
    public string Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(temporary.Of(file))!);
        File.WriteAllText(temporary.Of(file), text);
        return temporary.Of(file);
    }

    /// <summary>Takes a file away.</summary>
    public void Remove(string file) => File.Delete(temporary.Of(file));

    /// <summary>Has this mounted, and nothing else.</summary>
    public void Mount(params IReadOnlyList<(string Target, string Type, string Source)> mounts) => Write(
        "proc/self/mountinfo",
        string.Concat(mounts.Select(mount => $"1 0 0:1 / {mount.Target} rw - {mount.Type} {mount.Source} rw\n")));

    /// <summary>The file of its pool, which is not there.</summary>
    public LoopFile PoolFile => new(temporary.Of("machine/pool.img"), PoolOptions.LoopFileSizeMin);

    /// <summary>A pool on a file, unless <paramref name="devices"/> are given.</summary>
    public LinuxMachineOptions Options(params IReadOnlyList<string> devices) => new(
        Root, [new PoolOptions("default", DiskType.Ssd) { LoopFile = devices.Count > 0 ? null : PoolFile, Devices = devices }]);

    /// <summary>What one check finds.</summary>
    public async Task<Finding> LookAsync(string check, Surroundings? here = null, LinuxMachineOptions? options = null)
    {
        var checks = MachineChecks.Of(options ?? Options(), here ?? Here).Where(one => one.Name == check).ToList();
        return (await new Checkup(TimeSpan.FromSeconds(20), TimeProvider.System).RunAsync(checks, CancellationToken.None)).Single().Finding;
    }

    public void Dispose() => temporary.Dispose();
}
