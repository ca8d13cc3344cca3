using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Doctor;

/// <summary>Runs checks side by side, each for a bounded time: one that hangs is a finding and keeps no other waiting.</summary>
/// <param name="deadline">How long a check may take.</param>
/// <param name="time">The clock.</param>
public sealed class Checkup(TimeSpan deadline, TimeProvider time)
{
    private const int AtOnce = 4; // Most of them start programs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The reports, in the order of the checks.</summary>
    public async Task<IReadOnlyList<CheckReport>> RunAsync(IReadOnlyList<Check> checks, CancellationToken ct)
    {
        using var turns = new SemaphoreSlim(AtOnce, AtOnce);
        return await Task.WhenAll(checks.Select(async check =>
        {
            await turns.WaitAsync(ct);
            try
            {
                return new CheckReport(check, await LookAsync(check, ct));
            }
            finally
            {
                turns.Release();
            }
        }));
    }

    private async Task<Finding> LookAsync(Check check, CancellationToken ct)
    {
        if (check.NeedsRoot && !Environment.IsPrivilegedProcess)
        {
            return Finding.Warning("Not looked at: only root can", null, "Run it as root.");
        }

        // One that is given up takes away what it made, and so is waited for, ours given up or not. What hangs in the kernel hears nothing,
        // and is left behind.
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var look = Task.Run(async () => await check.LookAsync(late.Token), CancellationToken.None);
        try
        {
            return await look.WaitAsync(deadline, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            late.Cancel();
            await Task.WhenAny(look, Task.Delay(Patience, time, CancellationToken.None));
            return Finding.Failed($"It did not end within {deadline.TotalSeconds:0.#} s", "Look at the kernel's log: dmesg | tail");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Finding.Failed("What it asked gave up", "Look at what it asks, and run it again.");
        }
        catch (FaultException e)
        {
            return Finding.Failed(e.Fault);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return Finding.Failed(e.Message, "Look at what it names; as root everything can be looked at.");
        }
    }
}
