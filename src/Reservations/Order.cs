using Provision.Reservations.Signing;

namespace Provision.Reservations;

/// <summary>What a user signs: a <see cref="Reservation"/>, or a <see cref="Cancel"/> or <see cref="Extend"/> that follows one.</summary>
public abstract record Order
{
    /// <summary>The sort of order, as its envelope names it on the wire.</summary>
    public abstract string Sort { get; }

    /// <summary>Who ordered, and whose key signed.</summary>
    public required UserId User { get; init; }

    /// <summary>When the user's client made the order; UTC, whole multiples of 100 ns.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The user's signature over <see cref="ToSignedBytes"/>; missing until signed.</summary>
    public Signature Signature { get; init; }

    /// <summary>The name of an order everywhere but in conversation: the digest of its signed bytes.</summary>
    public virtual Digest ComputeDigest() => Digest.Of(ToSignedBytes());

    /// <summary>The bytes under the signature: every field that the user chose.</summary>
    public abstract byte[] ToSignedBytes();
}
