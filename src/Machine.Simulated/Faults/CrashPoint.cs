namespace Provision.Machine.Simulated.Faults;

/// <summary>
/// Kills the daemon at one of its effects: the call there throws <see cref="CrashException"/>, and so does every call after it, looking
/// included, because a dead process makes none. Run once without a point to learn how many effects there are, then once for each.
/// </summary>
/// <param name="at">At which effect, counted from 1; null: at none, only count.</param>
/// <param name="moment">Before that effect or after it.</param>
public sealed class CrashPoint(int? at = null, CrashMoment moment = CrashMoment.Before) : IMachineObserver
{
    private readonly List<string> seen = [];
    private MachineCall? target;

    /// <summary>How many effects were begun.</summary>
    public int Count => seen.Count;

    /// <summary>The effects begun, in order, each as <see cref="MachineCall.ToString"/>.</summary>
    public IReadOnlyList<string> Seen => seen;

    /// <summary>True once the daemon is dead.</summary>
    public bool Crashed => CrashedAt is not null;

    /// <summary>The effect it died at.</summary>
    public MachineCall? CrashedAt { get; private set; }

    /// <inheritdoc/>
    public ValueTask BeforeAsync(MachineCall call)
    {
        if (call.Effect && !Crashed)
        {
            seen.Add(call.ToString());
            target = Count == at ? call : target;
        }

        return CrashWhen(call, CrashMoment.Before);
    }

    /// <inheritdoc/>
    public ValueTask AfterAsync(MachineCall call) => CrashWhen(call, CrashMoment.After);

    private ValueTask CrashWhen(MachineCall call, CrashMoment now)
    {
        // By reference: two equal calls may be under way at once, and only one of them is the n-th.
        if (now == moment && ReferenceEquals(call, target))
        {
            CrashedAt ??= call;
        }

        return Crashed ? ValueTask.FromException(new CrashException(call)) : ValueTask.CompletedTask;
    }
}
