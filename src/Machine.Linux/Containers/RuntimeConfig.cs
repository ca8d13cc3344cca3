using System.Globalization;
using System.Text.Json;
using Provision.Machine.Containers;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// An order in the words of the OCI runtime specification (config.md, config-linux.md), which runc reads. It holds the whole
/// environment, secrets included.
/// </summary>
/// <param name="order">The order.</param>
/// <param name="account">Who it runs as.</param>
/// <param name="root">Where its root is mounted, its volumes in it.</param>
/// <param name="firstId">The machine's id of its id 0.</param>
/// <param name="userNamespace">The path of its user namespace, which maps the ids from there on.</param>
/// <param name="group">Its control group.</param>
/// <param name="isMember">True when it stays in the network namespace of whoever makes it; else it gets its own.</param>
/// <param name="limits">What the machine can limit.</param>
internal sealed class RuntimeConfig(
    ContainerOrder order,
    Account account,
    string root,
    uint firstId,
    string userNamespace,
    string group,
    bool isMember,
    MachineLimits limits)
{
    private const long Period = 100_000; // Microseconds: what schedulers of the kernel use when nobody says otherwise.
    private const long SharesPerCore = 1024;
    private const long SharesMax = 262_144;
    private const int TerminalsMax = 64; // Of the 4096 that a machine has (kernel.pty.max), for all containers together.
    private const int KillScore = 500; // When the whole machine is short of memory, tenants go before what serves them all.

    private static readonly string[] Capabilities =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETPCAP",
        "CAP_SETUID",
    ];

    private const string Network = "network";
    private static readonly string[] Namespaces = ["pid", "ipc", "uts", "mount", Network, "cgroup"];

    private static readonly string[] Masked =
    [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug",
        "/proc/scsi", "/proc/timer_list", "/proc/timer_stats",
    ];

    private static readonly string[] ReadOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <summary>The content of <c>config.json</c>.</summary>
    public ReadOnlyMemory<byte> Write()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("ociVersion", "1.0.2");
            json.WriteString("hostname", order.Owner.Short);
            json.WriteStartObject("root");
            json.WriteString("path", root);
            json.WriteEndObject();
            WriteProcess(json);
            WriteMounts(json);
            json.WriteStartObject("linux");
            WriteIsolation(json);
            WriteResources(json);
            SystemCallFilter.Write(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private void WriteProcess(Utf8JsonWriter json)
    {
        json.WriteStartObject("process");
        json.WriteStartObject("user");
        json.WriteNumber("uid", account.User);
        json.WriteNumber("gid", account.Group);
        json.WriteStartArray("additionalGids");
        foreach (var other in account.OtherGroups)
        {
            json.WriteNumberValue(other);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        WriteTexts(json, "args", order.Arguments);
        WriteTexts(json, "env", order.Environment.Select(variable => $"{variable.Key}={variable.Value}"));
        json.WriteString("cwd", order.WorkingFolder);
        json.WriteBoolean("noNewPrivileges", true);
        json.WriteNumber("oomScoreAdj", KillScore);
        json.WriteStartObject("capabilities");
        foreach (var set in new[] { "bounding", "effective", "permitted" })
        {
            WriteTexts(json, set, Capabilities);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteMounts(Utf8JsonWriter json)
    {
        // Pages of shared memory count as the container's; half is what the kernel gives by itself.
        var shared = string.Create(CultureInfo.InvariantCulture, $"size={order.Memory.Bytes / 2}");
        json.WriteStartArray("mounts");
        var terminals = string.Create(CultureInfo.InvariantCulture, $"max={TerminalsMax}");
        WriteMount(json, "/proc", "proc", ["nosuid", "noexec", "nodev"]);
        WriteMount(json, "/dev", "tmpfs", ["nosuid", "noexec", "strictatime", "mode=755", "size=65536"]);
        WriteMount(json, "/dev/pts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5", terminals]);
        WriteMount(json, "/dev/shm", "tmpfs", ["nosuid", "noexec", "nodev", "mode=1777", shared]);
        WriteMount(json, "/dev/mqueue", "mqueue", ["nosuid", "noexec", "nodev"]);
        json.WriteEndArray();
    }

    private static void WriteMount(Utf8JsonWriter json, string target, string type, string[] options)
    {
        json.WriteStartObject();
        json.WriteString("destination", target);
        json.WriteString("type", type);
        json.WriteString("source", type);
        WriteTexts(json, "options", options);
        json.WriteEndObject();
    }

    private void WriteIsolation(Utf8JsonWriter json)
    {
        json.WriteStartArray("namespaces");
        foreach (var type in Namespaces.Where(type => !isMember || type != Network))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteEndObject();
        }

        json.WriteStartObject();
        json.WriteString("type", "user");
        json.WriteString("path", userNamespace);
        json.WriteEndObject();
        json.WriteEndArray();
        foreach (var map in new[] { "uidMappings", "gidMappings" })
        {
            json.WriteStartArray(map);
            json.WriteStartObject();
            json.WriteNumber("containerID", 0);
            json.WriteNumber("hostID", firstId);
            json.WriteNumber("size", IdRanges.Size);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        WriteTexts(json, "maskedPaths", Masked);
        WriteTexts(json, "readonlyPaths", ReadOnly);
        json.WriteString("cgroupsPath", group);
    }

    private void WriteResources(Utf8JsonWriter json)
    {
        json.WriteStartObject("resources");
        json.WriteStartArray("devices");
        json.WriteStartObject();
        json.WriteBoolean("allow", false);
        json.WriteString("access", "rwm");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("memory");
        json.WriteNumber("limit", order.Memory.Bytes);
        if (limits.Swap)
        {
            json.WriteNumber("swap", order.Memory.Bytes); // Memory and swap together: no swap.
        }
        else
        {
            json.WriteNumber("swappiness", 0); // Nobody counts what is in swap, so nothing of it may go there.
        }

        json.WriteEndObject();
        json.WriteStartObject("cpu");
        json.WriteNumber("period", Period);
        json.WriteNumber("quota", Period * order.Cores);
        json.WriteNumber("shares", Math.Min(SharesPerCore * order.Cores, SharesMax));
        json.WriteEndObject();
        json.WriteStartObject("pids");
        json.WriteNumber("limit", order.ProcessesMax);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
