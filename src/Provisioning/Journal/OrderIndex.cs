namespace Provision.Provisioning.Journal;

/// <summary>Finds open orders by what their plans name, in the order in which they came.</summary>
internal sealed class OrderIndex<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, List<Workload>> orders = [];

    /// <summary>Everything that an order in here names.</summary>
    public IReadOnlyCollection<TKey> Keys => orders.Keys;

    /// <summary>The orders that name this.</summary>
    public IReadOnlyList<Workload> this[TKey key] => orders.GetValueOrDefault(key, []);

    /// <summary>Has the order found by each of these.</summary>
    public void Add(IEnumerable<TKey> keys, Workload workload)
    {
        foreach (var key in keys.Distinct())
        {
            if (!orders.TryGetValue(key, out var others))
            {
                orders[key] = others = [];
            }

            others.Add(workload);
        }
    }

    /// <summary>The opposite.</summary>
    public void Remove(IEnumerable<TKey> keys, Workload workload)
    {
        foreach (var key in keys.Distinct())
        {
            orders[key].Remove(workload);
            if (orders[key].Count == 0)
            {
                orders.Remove(key);
            }
        }
    }
}
