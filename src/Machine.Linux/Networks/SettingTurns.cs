using System.Collections.Concurrent;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// Says whose settings are looked at now: those of a namespace that this process has not seen yet, and of all others a part in each look at
/// all networks. Reading them costs milliseconds for each namespace where there are a thousand, because the kernel compares the first
/// folders below <c>/proc/sys/net</c> with those of all; and nobody but the machine's own root can change them.
/// </summary>
internal sealed class SettingTurns
{
    /// <summary>After how many looks each namespace was looked at.</summary>
    public const int Looks = 12;

    private readonly ConcurrentDictionary<string, bool> known = new(StringComparer.Ordinal);
    private int look;

    /// <summary>Another look at all networks begins.</summary>
    public void Next() => Interlocked.Increment(ref look);

    /// <summary>True when the settings of what has this name are to be looked at.</summary>
    public bool IsDue(string name) =>
        !known.ContainsKey(name) || (uint)(StringComparer.Ordinal.GetHashCode(name) + Volatile.Read(ref look)) % Looks == 0;

    /// <summary>They are as they should be.</summary>
    public void Done(string name) => known[name] = true;

    /// <summary>What has the name from now on is new.</summary>
    public void Forget(string name) => known.TryRemove(name, out _);
}
