using Provision.Reservations.Faults;

namespace Provision.Simulation.Faults;

/// <summary>
/// What may break, and so what the system promises to survive: every kind of <see cref="FaultKinds"/>, drawn from the seed. Machine calls
/// and exchanges with the explorer fail where they are made (<see cref="MachineFaults"/>, <see cref="PageFaults"/>); disasters come from
/// outside, each after a random while (<see cref="Disasters"/>). Three of them take what no node can give back, and so relax what is asked
/// of the end, of what they concern and of nothing else:
/// <list type="bullet">
/// <item>Lines that a bit or an empty segment took from the journal: what the node cannot know any more it cannot answer for, and without
/// proof it removes nothing (<see cref="JournalDamage"/>).</item>
/// <item>An explorer that was restored from a backup lost orders, and answers that it had acknowledged. Those that it does not know at the
/// end are nobody's to ask for.</item>
/// <item>A wall clock that was a day ahead, and then a boot: what is left of a lease is then the wall clock's to say, and leases end
/// early.</item>
/// </list>
/// </summary>
public sealed class FaultModel(Random random)
{
    private readonly Dictionary<FaultKind, int> injected = FaultKinds.List.ToDictionary(kind => kind, _ => 0);

    /// <summary>True in the safety phase.</summary>
    public bool Active { get; set; }

    /// <summary>How many faults of each kind were injected.</summary>
    public IReadOnlyDictionary<FaultKind, int> Injected => injected;

    /// <summary>Draws whether this happens here and now, and counts it.</summary>
    public bool Draw(FaultKind kind)
    {
        var happens = Draws(kind);
        if (happens)
        {
            Count(kind);
        }

        return happens;
    }

    /// <summary>Draws whether this is to happen here and now; whoever can let it happen counts it.</summary>
    public bool Draws(FaultKind kind) => Active && random.NextDouble() < kind.Rate;

    /// <summary>Counts one that happened.</summary>
    public void Count(FaultKind kind) => injected[kind]++;

    /// <summary>Throws when it is drawn.</summary>
    /// <exception cref="FaultException">With this code.</exception>
    public void Strike(FaultKind kind, FaultCode code = FaultCode.Unavailable)
    {
        if (Draw(kind))
        {
            throw new FaultException(code, kind.Name);
        }
    }
}
