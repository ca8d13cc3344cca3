using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Cli.Reservations;

/// <summary>The length of a lease as a flag gives it, judged with words of the command line.</summary>
internal static class LeaseLength
{
    /// <summary>What is wrong with it; null, and the span, when a lease may run so long.</summary>
    public static Problem? Read(string text, string pointer, out TimeSpan span) =>
        !Duration.TryParse(text, out span) ? new Problem(pointer, $"is \"{text}\"", Duration.Remedy)
        : LeaseRules.IsDuration(span) ? null
        : new Problem(
            pointer,
            $"is {Duration.Format(span)}",
            $"give {Duration.Format(LeaseRules.DurationMin)} to {Duration.Format(LeaseRules.DurationMax)}");
}
