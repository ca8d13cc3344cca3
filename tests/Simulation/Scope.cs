using Provision.Reservations;

namespace Provision.Simulation;

/// <summary>What can be asked of nodes whose journals were damaged.</summary>
public sealed class Scope(FleetUser user)
{
    /// <summary>
    /// True when the node answers for this order. It does not when lines of it are lost, nor of those that build on such an order or share
    /// with it, and so on; see <see cref="Faults.JournalDamage"/>.
    /// </summary>
    public bool Covers(FleetNode node, Digest order) =>
        !node.Damage.IsTotal && (!node.Damage.Any || !Lost(node).Contains(order));

    private HashSet<Digest> Lost(FleetNode node)
    {
        var setAside = node.Daemon?.Engine?.Ledger.SetAside.Keys ?? [];
        var lost = node.Damage.Struck.Concat(setAside).ToHashSet();
        var reached = new Queue<Digest>(lost);
        while (reached.TryDequeue(out var one))
        {
            if (user.Find(one) is { } order)
            {
                foreach (var other in user.Placed.Where(other => other.Touches(order) && lost.Add(other.Digest)))
                {
                    reached.Enqueue(other.Digest);
                }
            }
        }

        return lost;
    }
}
