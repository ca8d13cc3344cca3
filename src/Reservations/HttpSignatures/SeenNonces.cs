using Provision.Reservations.Faults;

namespace Provision.Reservations.HttpSignatures;

/// <summary>What was used within a span of time, so that it is not used again.</summary>
internal sealed class SeenNonces(TimeSpan span)
{
    // Each cost somebody a signature and us a check: more than this in the span is an attack, or a machine that can afford a larger bound.
    private const int CountMax = 500_000;

    private readonly Lock gate = new();
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly Queue<(DateTimeOffset Forget, string Nonce)> order = new();

    /// <summary>False: it was there already.</summary>
    /// <exception cref="FaultException"><c>Unavailable</c>: there are too many to remember one more.</exception>
    public bool TryAdd(string nonce, DateTimeOffset now)
    {
        lock (gate)
        {
            while (order.TryPeek(out var oldest) && oldest.Forget < now)
            {
                order.Dequeue();
                seen.Remove(oldest.Nonce);
            }

            if (seen.Count >= CountMax)
            {
                throw new FaultException(
                    FaultCode.Unavailable, $"More than {CountMax} signed requests came within {span}", "Try again in a minute or two.");
            }

            var added = seen.Add(nonce);
            if (added)
            {
                order.Enqueue((now + span, nonce));
            }

            return added;
        }
    }
}
