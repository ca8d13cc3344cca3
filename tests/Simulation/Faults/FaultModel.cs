using Provision.Machine.Simulated.Faults;
using Provision.Reservations.Faults;

namespace Provision.Simulation;

/// <summary>
/// What may break, and so what the system promises to survive. Each fault is drawn from the seed at each call.
/// <list type="bullet">
/// <item>An exchange with the explorer fails before it arrives there, or its answer is lost after it did.</item>
/// <item>A poll's answer is held back, or is one from earlier: the same page again.</item>
/// <item>A call of the machine fails before its effect, or after it: it says it failed although it did not.</item>
/// <item>An append or flush of the journal's disk fails, before or after.</item>
/// <item>A container ends by itself.</item>
/// <item>A daemon dies at any call; with it, in some cases, the power, which takes what was not flushed and ends what ran.</item>
/// </list>
/// Not yet: clocks that step, a disk that fills or rots, an explorer restored from a backup, hung calls.
/// </summary>
public sealed class FaultModel(Random random)
{
    private readonly SortedDictionary<string, int> injected = new(StringComparer.Ordinal);

    /// <summary>How often an exchange or call fails, of one; 0 in the liveness phase.</summary>
    public double Rate { get; set; }

    /// <summary>How often a call is the daemon's last, of one.</summary>
    public double CrashRate { get; set; }

    /// <summary>How many faults of each kind were injected.</summary>
    public IReadOnlyDictionary<string, int> Injected => injected;

    /// <summary>Draws whether this fault happens now.</summary>
    public bool Draw(string kind) => Draw(kind, Rate);

    /// <summary>Draws whether the daemon dies now.</summary>
    public bool DrawCrash(MachineCall call) => Draw($"crash at {call.Port} {call.Verb}", CrashRate);

    /// <summary>Throws a transient fault when it is drawn.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Unavailable"/>.</exception>
    public void Strike(string kind)
    {
        if (Draw(kind))
        {
            throw new FaultException(FaultCode.Unavailable, kind);
        }
    }

    private bool Draw(string kind, double rate)
    {
        if (rate == 0 || random.NextDouble() >= rate)
        {
            return false;
        }

        injected[kind] = injected.GetValueOrDefault(kind) + 1;
        return true;
    }
}
