using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Provision.Reservations.Faults;

namespace Provision.Reservations.HttpSignatures;

/// <summary>What was used within a span of time, so that it is not used again.</summary>
/// <param name="span">How long each is remembered.</param>
/// <param name="countMax">The most at a time, beyond which nobody can be served.</param>
internal sealed class SeenNonces(TimeSpan span, int countMax)
{
    // A check takes a processor more than a tenth of a millisecond: whoever would fill the memory with nonces fills the processors first.
    private const int ChecksMaxPerSecond = 10_000;

    private readonly Lock gate = new();
    private readonly HashSet<UInt128> seen = [];
    private readonly Queue<(DateTimeOffset Forget, UInt128 Nonce)> order = new();

    /// <summary>As many as this machine can check within the span.</summary>
    public SeenNonces(TimeSpan span)
        : this(span, (int)span.TotalSeconds * ChecksMaxPerSecond * Environment.ProcessorCount)
    {
    }

    /// <summary>False: it was there already.</summary>
    /// <exception cref="FaultException"><c>Unavailable</c>: there are too many to remember one more.</exception>
    public bool TryAdd(string nonce, DateTimeOffset now)
    {
        var hash = MemoryMarshal.Read<UInt128>(SHA256.HashData(Encoding.UTF8.GetBytes(nonce)));
        lock (gate)
        {
            while (order.TryPeek(out var oldest) && oldest.Forget < now)
            {
                order.Dequeue();
                seen.Remove(oldest.Nonce);
            }

            if (seen.Contains(hash))
            {
                return false;
            }

            if (seen.Count >= countMax)
            {
                throw new FaultException(
                    FaultCode.Unavailable, $"More than {countMax} signed requests came within {span}", "Try again in a minute or two.");
            }

            seen.Add(hash);
            order.Enqueue((now + span, hash));
            return true;
        }
    }
}
