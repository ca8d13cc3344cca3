using System.Text;

namespace Provision.Reservations.Faults;

/// <summary>An expected failure, as data: journalled, reported to the explorer, printed by the CLI.</summary>
/// <param name="Code">The sort of failure.</param>
/// <param name="What">What went wrong, without its cause and without secrets.</param>
/// <param name="Remedy">What the reader can do about it; null when there is nothing to do.</param>
/// <param name="Cause">The failure that led to this one.</param>
public sealed record Fault(FaultCode Code, string What, string? Remedy = null, Fault? Cause = null)
{
    /// <summary>The most problems that <see cref="Invalid"/> lists; the last one then counts the rest.</summary>
    public const int ProblemsMax = 100;

    /// <summary>The parts of a document that are wrong, each with its place; empty for faults that are not about a document.</summary>
    public Problems Problems { get; init; } = Problems.None;

    /// <summary>True when trying the same thing again later may succeed.</summary>
    public bool Transient => Code is FaultCode.Unavailable;

    /// <summary>A fault that lists every problem of a document.</summary>
    public static Fault Invalid(string what, IEnumerable<Problem> problems, string? remedy = null) =>
        new(FaultCode.Invalid, what, remedy) { Problems = new Problems(Shorten([.. problems])) };

    // A document of a stranger can be wrong in ten thousand places; the fault has to fit a receipt.
    private static IEnumerable<Problem> Shorten(List<Problem> problems)
    {
        var left = problems.Count - ProblemsMax + 1;
        return left <= 1
            ? problems
            : problems.Take(ProblemsMax - 1).Append(new Problem("", $"has {left} more problems", "mend these first"));
    }

    /// <summary>The same, cut to a thousand characters: for logs, which strangers must not be able to fill.</summary>
    public string Brief => ToString() is { Length: > 1000 } text ? text[..1000] + "…" : ToString();

    /// <summary>The whole chain in one line: what, the problems, the causes, then the remedies.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var fault = this; fault is not null; fault = fault.Cause)
        {
            text.Append(text.Length > 0 ? ": " : "").Append(fault.What);
            text.AppendJoin("", fault.Problems.Select((problem, i) => $"{(i == 0 ? ": " : "; ")}{problem}"));
        }

        if (Remedy is not null)
        {
            text.Append(". ").Append(Remedy);
        }

        return text.ToString();
    }
}
