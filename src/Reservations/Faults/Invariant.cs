using System.Runtime.CompilerServices;

namespace Provision.Reservations.Faults;

/// <summary>Checks that hold in release builds too: a broken one is a bug of ours, never of the input.</summary>
public static class Invariant
{
    /// <summary>Throws when <paramref name="holds"/> is false.</summary>
    /// <exception cref="InvalidOperationException">The invariant is broken.</exception>
    public static void Require(bool holds, string what, [CallerArgumentExpression(nameof(holds))] string? expression = null)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Broken invariant: {what} ({expression}).");
        }
    }
}
