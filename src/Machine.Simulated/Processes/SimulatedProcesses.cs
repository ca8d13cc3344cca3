using Provision.Machine.Clock;
using Provision.Machine.Processes;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Processes;

/// <summary>Programs that run in name only: until they are removed, ended by a test, or the power fails.</summary>
public sealed class SimulatedProcesses : IProcesses
{
    private readonly IMachineClock clock;
    private readonly SortedDictionary<string, RunningProcess> running = new(StringComparer.Ordinal);
    private int lastId = 1;

    internal SimulatedProcesses(IMachineClock clock) => this.clock = clock;

    /// <summary>Programs that this machine does not have; it has every other.</summary>
    public ISet<string> Missing { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async ValueTask<RunningProcess> EnsureAsync(ProcessOrder order, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        CheckName(order.Name);
        if (running.TryGetValue(order.Name, out var process))
        {
            return process;
        }

        if (Missing.Contains(order.Program))
        {
            throw new FaultException(FaultCode.NotFound, $"There is no program {order.Program}", "Install it.");
        }

        process = new RunningProcess(order.Name, ++lastId, clock.SinceBoot.Ticks * 100 / TimeSpan.TicksPerSecond);
        running.Add(order.Name, process);
        return process;
    }

    /// <inheritdoc/>
    public async ValueTask RemoveAsync(string name, TimeSpan grace, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        CheckName(name);
        running.Remove(name);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RunningProcess>> ListAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return [.. running.Values];
    }

    /// <summary>The program ends by itself. None of that name: nothing to do.</summary>
    public void End(string name) => running.Remove(name);

    internal void EndAll()
    {
        running.Clear();
        lastId = 1;
    }

    private static void CheckName(string name)
    {
        if (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-'))
        {
            throw new ArgumentException($"\"{name}\" is not a name of 1 to 100 letters, digits, dots and dashes.", nameof(name));
        }
    }
}
