using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Doctor;

/// <summary>Runs checks side by side, each for a bounded time: one that hangs is a finding and keeps no other waiting.</summary>
/// <param name="deadline">How long a check may take.</param>
/// <param name="time">The clock.</param>
public sealed class Checkup(TimeSpan deadline, TimeProvider time)
{
    private const int AtOnce = 4; // Most of them start programs.

    /// <summary>How long one that is given up may take to clear away what it made.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

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
        // and is left behind. Each wait is begun before what it bounds.
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var over = new CancellationTokenSource();
        try
        {
            var end = Task.Delay(deadline, time, over.Token);
            var look = Task.Run(async () => await check.LookAsync(late.Token), CancellationToken.None);
            if (await Task.WhenAny(look, end) == look)
            {
                return await look;
            }

            var patience = Task.Delay(Patience, time, over.Token);
            late.Cancel();
            await Task.WhenAny(look, patience);
            return Finding.Failed($"It did not end within {deadline.TotalSeconds:0.#} s", "Look at the kernel's log: dmesg | tail");
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            return Judge(e);
        }
        finally
        {
            over.Cancel();
        }
    }

    private static Finding Judge(Exception thrown) => thrown switch
    {
        FaultException known => Finding.Failed(known.Fault),
        OperationCanceledException => Finding.Failed("What it asked gave up", "Look at what it asks, and run it again."),
        IOException or UnauthorizedAccessException or FormatException =>
            Finding.Failed(thrown.Message, "Look at what it names; as root everything can be looked at."),
        _ => Finding.Failed(new Fault(FaultCode.Internal, $"A defect in the check: {thrown}", "Report it with this text.")),
    };
}
