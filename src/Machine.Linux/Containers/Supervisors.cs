using System.Globalization;
using System.Text.Json;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Processes;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// Starts containers: a supervisor for each (conmon), which has the runtime make it, keeps its log and writes down how it ended.
/// Neither needs us once it runs.
/// </summary>
internal sealed class Supervisors(
    Places places, LinuxProcesses processes, ControlGroups groups, string runtime, MachineLimits limits, TimeProvider time)
{
    private const int LogSizeMax = 1 << 20;
    private const int ReplySizeMax = 64 * 1024;
    private const int MessageSizeMax = 500;
    private const ulong OpenFilesMax = 65_536;
    private const int CoreResource = 4; // RLIMIT_CORE, resource.h
    private const int OpenFilesResource = 7; // RLIMIT_NOFILE
    private const double SupervisorsShare = 0.25; // Who says much makes its supervisor write much.
    private const int SocketsShare = 8; // An eighth of the memory, beside it.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    // strerror(3): what the machine ran out of is not the tenant's mistake. A full quota (EDQUOT) is.
    private static readonly string[] Shortages =
        ["no space left on device", "cannot allocate memory", "resource temporarily unavailable", "too many open files"];

    private readonly Commands commands = new(time);

    /// <summary>Has the container of the bundle made and its program started; returns its supervisor.</summary>
    /// <param name="order">The container.</param>
    /// <param name="network">
    /// The network namespace that both are in; null: this one. A runtime that has entered the user namespace of a container may not enter
    /// one that belongs to the machine any more, so it begins there.
    /// </param>
    /// <exception cref="FaultException"><c>Invalid</c>: it cannot run. <c>Unavailable</c>: not now.</exception>
    public async ValueTask<RunningProcess> StartAsync(ContainerOrder order, NetworkNamespace? network)
    {
        var owner = order.Owner;
        using var go = new Pipe();
        using var pipe = new Pipe();
        var supervisor = await processes.EnsureAsync(
            new ProcessOrder(owner.ToString(), Commands.Find(Programs.Conmon), ArgumentsOf(owner)),
            [$"_OCI_SYNCPIPE={Spawn.HandedNumber}", $"_OCI_STARTPIPE={Spawn.HandedNumber + 1}"],
            [pipe.Writer, go.Reader],
            network,
            CancellationToken.None);
        pipe.Writer.Dispose();
        Bound(supervisor);
        LetGo(go);
        var reply = await ReadAsync(pipe, owner);
        if (ToFailure(reply) is { } message)
        {
            throw Explain(message, order);
        }

        groups.LimitSockets(places.GroupOf(owner), new ByteSize(order.Memory.Bytes / SocketsShare));
        await commands.RunAsync(runtime, ["--root", places.Runtime, "start", owner.ToString()], CancellationToken.None);
        return supervisor;
    }

    /// <summary>
    /// Bounds the supervisor, and with it what it starts. A process of the container inherits its limits from there: the runtime could
    /// only set them from outside, which needs CAP_SYS_RESOURCE over the owner of the user namespace, and that root does not have
    /// everywhere.
    /// </summary>
    private void Bound(RunningProcess supervisor)
    {
        Limit(supervisor, OpenFilesResource, Math.Min((ulong)limits.OpenFiles, OpenFilesMax));
        Limit(supervisor, CoreResource, 0);
        groups.Join(places.SupervisorsGroup, supervisor.Id);
        groups.LimitProcesses(places.Group);
        groups.LimitProcessors(places.SupervisorsGroup, SupervisorsShare);
    }

    private static unsafe void Limit(RunningProcess supervisor, int resource, ulong limit)
    {
        var both = stackalloc ulong[2] { limit, limit };
        if (Libc.SetLimit(supervisor.Id, resource, both, null) != 0)
        {
            throw Errno.Last.Unavailable("The supervisor of the container cannot be limited", "The daemon must run as root.");
        }
    }

    /// <summary>
    /// The supervisor starts nothing before it can read this. When we die before, it reads the end of the pipe and goes on, without
    /// bounds: it has the container made, but the tenant's program is started by nobody, for that takes a call of ours that comes after
    /// this. The next daemon finds a start that was not finished, and takes away supervisor and container before it makes another.
    /// </summary>
    private static unsafe void LetGo(Pipe go)
    {
        byte one = 1;
        Invariant.Require(Libc.Write(go.Writer, &one, 1) == 1, "An empty pipe takes a byte.");
    }

    private string[] ArgumentsOf(Digest owner) =>
    [
        "--sync",
        "--cid", owner.ToString(),
        "--cuuid", owner.Short,
        "--name", owner.ToString(),
        "--runtime", Commands.Find(runtime),
        "--runtime-arg", $"--root={places.Runtime}",
        "--bundle", places.BundleOf(owner),
        "--container-pidfile", places.FirstProcessOf(owner),
        "--exit-dir", places.BundleOf(owner),
        "--socket-dir-path", places.Sockets,
        "--log-path", $"k8s-file:{places.LogOf(owner)}",
        "--log-size-max", LogSizeMax.ToString(CultureInfo.InvariantCulture),
        "--log-level", "error",
        "--no-sync-log",
    ];

    /// <summary>Reads what the supervisor says when the runtime has made the container, or could not; empty when it ended before.</summary>
    private async ValueTask<byte[]> ReadAsync(Pipe pipe, Digest owner)
    {
        var reading = Task.Run(() => ReadLine(pipe));
        try
        {
            return await reading.WaitAsync(Deadline, time);
        }
        catch (TimeoutException e)
        {
            await processes.RemoveAsync(owner.ToString(), TimeSpan.Zero, CancellationToken.None);
            await reading; // The pipe ends with the supervisor, who alone holds its other end.
            throw new FaultException(
                new Fault(
                    FaultCode.Unavailable, $"The container was not made within {Deadline}", "The disk may be broken or overloaded."),
                e);
        }
    }

    private static unsafe byte[] ReadLine(Pipe pipe)
    {
        var buffer = new byte[ReplySizeMax];
        var size = 0;
        fixed (byte* start = buffer)
        {
            while (size < buffer.Length && !buffer.AsSpan(0, size).Contains((byte)'\n'))
            {
                var count = Libc.Read(pipe.Reader, start + size, (nuint)(buffer.Length - size));
                if (count == 0 || (count < 0 && Errno.Last != Errno.Interrupted))
                {
                    break;
                }

                size += (int)Math.Max(count, 0);
            }
        }

        return buffer[..size];
    }

    /// <summary>The runtime's words when it failed; null when the container was made.</summary>
    private static string? ToFailure(byte[] reply)
    {
        try
        {
            using var json = JsonDocument.Parse(reply);
            return json.RootElement.GetProperty("pid").GetInt32() > 0 ? null
                : json.RootElement.TryGetProperty("message", out var message) ? message.GetString() ?? ""
                : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private FaultException Explain(string message, ContainerOrder order)
    {
        // A line of a log: time="…" level=error msg="…"
        var start = message.IndexOf("msg=\"", StringComparison.Ordinal);
        var words = start < 0 ? message : message[(start + 5)..].TrimEnd('"', '\n').Replace("\\\"", "\"", StringComparison.Ordinal);
        var reason = words[(words.LastIndexOf(": ", StringComparison.Ordinal) + 2)..];
        var ofTheMachine = Shortages.Any(shortage => reason.Contains(shortage, StringComparison.Ordinal));
        if (!ofTheMachine
            && (words.Contains("exec: \"", StringComparison.Ordinal) || words.Contains("executable file", StringComparison.Ordinal)))
        {
            return new FaultException(
                FaultCode.Invalid,
                $"There is no program {order.Arguments[0]} in the root that can be run: {Shorten(reason)}",
                "Name one that the image has, by its path or with a PATH in the environment.");
        }

        if (!ofTheMachine && (IsAboutFolder(words, order.WorkingFolder) || words.Contains("chdir to cwd", StringComparison.Ordinal)))
        {
            return new FaultException(
                FaultCode.Invalid,
                $"{order.WorkingFolder} cannot be the working folder: {Shorten(words)}",
                "Choose a folder of the image.");
        }

        return new FaultException(
            FaultCode.Unavailable,
            words.Length > 0 ? $"The container cannot be made: {Shorten(words)}" : "The supervisor of the container ended without a word",
            $"Look at {places.SupervisorLogOf(order.Owner)} and the kernel's log.");
    }

    // The runtime names the folder that it could not make: the working folder, or one above it.
    private static bool IsAboutFolder(string words, string folder)
    {
        const string make = "mkdir ";
        var start = words.IndexOf(make, StringComparison.Ordinal) + make.Length;
        var end = start < make.Length ? -1 : words.IndexOf(": ", start, StringComparison.Ordinal);
        return end > start && $"{folder}/".StartsWith($"{words[start..end].TrimEnd('/')}/", StringComparison.Ordinal);
    }

    private static string Shorten(string text) => text.Length <= MessageSizeMax ? text : text[..MessageSizeMax] + "…";
}
