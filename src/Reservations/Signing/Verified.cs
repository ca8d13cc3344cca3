namespace Provision.Reservations.Signing;

/// <summary>
/// Proof that an order carries its owner's signature. Only <see cref="OrderVerifier"/> makes one; it is all the engine accepts.
/// </summary>
public sealed class Verified<T>
    where T : Order
{
    internal Verified(T order, Digest digest)
    {
        Order = order;
        Digest = digest;
    }

    /// <summary>The order.</summary>
    public T Order { get; }

    /// <summary>Its digest.</summary>
    public Digest Digest { get; }
}
