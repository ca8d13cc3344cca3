namespace Provision.Machine.Linux.Networks;

/// <summary>Settings that are looked at when it is their turn.</summary>
/// <param name="Turns">Whose turn it is.</param>
/// <param name="Name">What they are of: a namespace, or a link in one.</param>
/// <param name="Wanted">What they should be.</param>
internal sealed record DueSettings(SettingTurns Turns, string Name, IReadOnlyList<(string Path, string Value)> Wanted)
{
    /// <summary>Sets those that are otherwise, when they are to be looked at.</summary>
    public void ApplyTo(NamespaceWork work)
    {
        if (Turns.IsDue(Name))
        {
            work.Set(Wanted);
            Turns.Done(Name);
        }
    }
}
