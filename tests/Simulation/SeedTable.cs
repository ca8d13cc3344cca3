using Provision.Simulation.Faults;

namespace Provision.Simulation;

/// <summary>Counts over many seeds.</summary>
public sealed class SeedTable
{
    private readonly Dictionary<FaultKind, (long Count, int Seeds)> kinds =
        FaultKinds.List.ToDictionary(kind => kind, _ => (0L, 0));

    private readonly List<int> failed = [];
    private int count;

    /// <summary>The seeds that failed.</summary>
    public IReadOnlyList<int> Failed => failed;

    /// <summary>The kinds of fault that never happened.</summary>
    public IEnumerable<string> Missing => kinds.Where(kind => kind.Value.Count == 0).Select(kind => kind.Key.Name);

    /// <summary>Takes one that has run.</summary>
    public void Add(Fleet fleet, bool well)
    {
        count++;
        if (!well)
        {
            failed.Add(fleet.Seed);
        }

        foreach (var (kind, times) in fleet.Faults.Injected)
        {
            var (before, seeds) = kinds[kind];
            kinds[kind] = (before + times, seeds + (times > 0 ? 1 : 0));
        }
    }

    /// <summary>The faults by kind, how often and in how many seeds; then the seeds that failed.</summary>
    public override string ToString() => string.Join('\n', [
        $"{"faults",9} {"in seeds",8}  kind",
        .. kinds.Select(kind => $"{kind.Value.Count,9} {kind.Value.Seeds,8}  {kind.Key.Name}"),
        $"{kinds.Values.Sum(kind => kind.Count),9} {count,8}  all {kinds.Count} kinds",
        failed.Count == 0 ? $"All {count} seeds are well." : $"{failed.Count} of {count} seeds failed: {string.Join(' ', failed)}"]);
}
