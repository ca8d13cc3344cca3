using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Processes;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Processes;

/// <summary>
/// Real programs. Each is the leader of a session and carries a mark in its environment; what belongs to it is what is in its session.
/// Its output goes to <c>NAME.log</c> and its record to <c>NAME.json</c>. A process is signalled only while its start time is the one
/// that was recorded, or while it is in that session and carries the mark: an id that was given to somebody else is left alone.
/// </summary>
public sealed class LinuxProcesses : IProcesses, IDisposable
{
    private const int Terminate = 15;
    private const int KillAtOnce = 9;
    private const int DoNotWait = 1; // WNOHANG
    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan PatienceAfterKill = TimeSpan.FromSeconds(10);

    private readonly string folder;
    private readonly TimeProvider time;
    private readonly ProcessRecords records;
    private readonly SemaphoreSlim gate = new(1, 1);

    /// <summary>Programs whose records and logs are in this folder; it is made when it is not there.</summary>
    public LinuxProcesses(string runFolder, string bootId, TimeProvider time)
    {
        folder = Folders.Ensure(runFolder);
        this.time = time;
        records = new ProcessRecords(folder, bootId);
    }

    /// <inheritdoc/>
    public ValueTask<RunningProcess> EnsureAsync(ProcessOrder order, CancellationToken ct) => EnsureAsync(order, [], [], null, ct);

    /// <summary>
    /// The same with lines for the environment of the program, which others can read, files of ours that it gets
    /// as number <see cref="Spawn.HandedNumber"/> and the following, and the network namespace that it is in.
    /// </summary>
    internal ValueTask<RunningProcess> EnsureAsync(
        ProcessOrder order,
        IReadOnlyList<string> environment,
        IReadOnlyList<SafeFileHandle> handed,
        NetworkNamespace? network,
        CancellationToken ct)
    {
        CheckName(order.Name);
        return RunAsync(
            $"{order.Name} cannot be started",
            () => ValueTask.FromResult(FindRunning(order.Name) ?? Start(order, environment, handed, network)),
            ct);
    }

    /// <summary>The program of this name; null when it does not run.</summary>
    internal ValueTask<RunningProcess?> FindAsync(string name, CancellationToken ct)
    {
        CheckName(name);
        return RunAsync($"{name} cannot be looked up", () => ValueTask.FromResult(FindRunning(name)), ct);
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(string name, TimeSpan grace, CancellationToken ct)
    {
        CheckName(name);
        await RunAsync($"{name} cannot be ended", () => EndAsync(name, grace, ct), ct);
    }

    /// <summary>Ends every program on record.</summary>
    internal async ValueTask RemoveAllAsync(TimeSpan grace, CancellationToken ct)
    {
        foreach (var name in records.Names().ToList())
        {
            await RemoveAsync(name, grace, ct);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RunningProcess>> ListAsync(CancellationToken ct) => RunAsync(
        "Programs cannot be listed",
        () => ValueTask.FromResult<IReadOnlyList<RunningProcess>>(
            [.. records.Names().Order(StringComparer.Ordinal).Select(FindRunning).OfType<RunningProcess>()]),
        ct);

    /// <summary>Lets go of the programs; they run on.</summary>
    public void Dispose() => gate.Dispose();

    private async ValueTask<T> RunAsync<T>(string what, Func<ValueTask<T>> action, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            return await Blocking.RunAsync(what, $"Look at the disk that holds {folder}: it may be full or broken.", action);
        }
        finally
        {
            gate.Release();
        }
    }

    private async ValueTask<bool> EndAsync(string name, TimeSpan grace, CancellationToken ct)
    {
        var record = Adopt(name);
        if (record is not null)
        {
            Signal(record, Terminate);
            if (!await EndedAsync(record, grace, ct))
            {
                Signal(record, KillAtOnce);
                if (!await EndedAsync(record, PatienceAfterKill, ct))
                {
                    throw new FaultException(
                        FaultCode.Unavailable,
                        $"{name} (process {record.Id}) does not end",
                        "It hangs in the kernel: look at its disk or network.");
                }
            }

            Collect(record.Id);
        }

        records.Remove(name);
        return record is not null;
    }

    private RunningProcess Start(
        ProcessOrder order, IReadOnlyList<string> environment, IReadOnlyList<SafeFileHandle> handed, NetworkNamespace? network)
    {
        records.Write(records.New(order.Name, 0, 0));
        var log = Path.Combine(folder, order.Name + ".log");
        IReadOnlyList<string> variables = [$"PATH={SearchPath}", MarkOf(order.Name), .. environment];
        (Errno?, int) Spawned() => (Spawn.Start(order.Program, order.Arguments, variables, log, handed, out var id), id);
        var (failed, id) = network is null ? Spawned() : network.Run(Spawned);
        if (failed is { } error)
        {
            records.Remove(order.Name);
            throw error == Errno.NoEntry || error == Errno.Denied || error == Errno.NotExecutable
                ? new FaultException(FaultCode.NotFound, $"There is no program {order.Program}: {error}", "Install it.")
                : error.Unavailable($"{order.Program} cannot be started", "The machine may have too many processes or too little memory.");
        }

        // One that has ended already leaves a record that matches nothing.
        var record = records.New(order.Name, id, ProcessTable.Find(id)?.StartTicks ?? 0);
        records.Write(record);
        return new RunningProcess(record.Name, record.Id, record.StartTicks);
    }

    private RunningProcess? FindRunning(string name) =>
        Adopt(name) is { } record && IsLeaderAlive(record) ? new RunningProcess(name, record.Id, record.StartTicks) : null;

    /// <summary>The record of this boot; when a daemon died between starting a program and recording it, the record is completed.</summary>
    private ProcessRecord? Adopt(string name)
    {
        if (records.Read(name) is not { Id: 0 } begun)
        {
            return records.Read(name);
        }

        var leaders = ProcessTable.List().Where(process => process.Session == process.Id);
        if (leaders.FirstOrDefault(process => ProcessTable.HasMark(process.Id, MarkOf(name))) is not { } found)
        {
            return null;
        }

        var record = begun with { Id = found.Id, StartTicks = found.StartTicks };
        records.Write(record);
        return record;
    }

    private static bool IsLeaderAlive(ProcessRecord record)
    {
        Collect(record.Id);
        return ProcessTable.Find(record.Id) is { } process && process.StartTicks == record.StartTicks;
    }

    /// <summary>
    /// The program's processes: all of its session while its leader lives; after that, those of them that carry the mark.
    /// </summary>
    private List<ProcessEntry> Members(ProcessRecord record)
    {
        var alive = IsLeaderAlive(record);
        var session = ProcessTable.List().Where(process => process.Session == record.Id);
        return [.. session.Where(process => alive || ProcessTable.HasMark(process.Id, MarkOf(record.Name)))];
    }

    private void Signal(ProcessRecord record, int signal)
    {
        foreach (var process in Members(record))
        {
            if (Libc.Kill(process.Id, signal) != 0 && Errno.Last is var error && error != Errno.NoProcess)
            {
                throw error.Unavailable($"{record.Name} (process {process.Id}) cannot be ended", "The daemon must run as root.");
            }
        }
    }

    private async ValueTask<bool> EndedAsync(ProcessRecord record, TimeSpan patience, CancellationToken ct)
    {
        for (var start = time.GetTimestamp(); Members(record).Count > 0;)
        {
            if (time.GetElapsedTime(start) >= patience)
            {
                return false;
            }

            await Task.Delay(Pause, time, ct);
        }

        return true;
    }

    /// <summary>Collects the exit of a child, so that its id becomes free; another daemon's child is collected by init.</summary>
    private static unsafe void Collect(int id)
    {
        int status;
        _ = Libc.Wait(id, &status, DoNotWait);
    }

    private string MarkOf(string name) => $"PROVISION_PROCESS={folder}/{name}";

    private static void CheckName(string name)
    {
        if (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-'))
        {
            throw new ArgumentException($"\"{name}\" is not a name of 1 to 100 letters, digits, dots and dashes.", nameof(name));
        }
    }
}
