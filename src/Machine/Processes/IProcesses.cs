namespace Provision.Machine.Processes;

/// <summary>
/// Programs that outlive the daemon: each in a session of its own, recorded by process id and start time, so that a new daemon finds
/// them again and never mistakes another process for them.
/// </summary>
public interface IProcesses
{
    /// <summary>Starts the program unless one of this name runs already; returns it either way. <c>NotFound</c>: no such program.</summary>
    ValueTask<RunningProcess> EnsureAsync(ProcessOrder order, CancellationToken ct);

    /// <summary>
    /// Ends the program of this name: TERM, then KILL after <paramref name="grace"/>.
    /// Returns when it is gone; none of that name: nothing to do.
    /// </summary>
    ValueTask RemoveAsync(string name, TimeSpan grace, CancellationToken ct);

    /// <summary>The programs that run now, by name.</summary>
    ValueTask<IReadOnlyList<RunningProcess>> ListAsync(CancellationToken ct);
}
