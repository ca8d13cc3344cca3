using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Reservations;

/// <summary>A user's order for one workload on one node (spec 01 §4.1, signature version 2).</summary>
public sealed record Reservation : Order
{
    /// <inheritdoc/>
    public override string Sort => "reservation";

    /// <summary>The scheme of signatures of this project; version 1 is Zero-OS's.</summary>
    public const int SignatureVersion = 2;

    /// <summary>The largest <see cref="Data"/>, in bytes of its canonical form.</summary>
    public const int DataSizeMax = 1 << 18;

    /// <summary>The deepest nesting of <see cref="Data"/>.</summary>
    public const int DataDepthMax = 16;

    /// <summary>The node that shall provide the workload.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The kind of workload: the wire's <c>type</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The workload's description: the wire's <c>data</c>, canonical.</summary>
    public required CanonicalJson Data { get; init; }

    /// <summary>How long the lease runs, counted from <see cref="Order.Created"/>.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Chosen by the user: <c>(user, nonce)</c> is the idempotency key of the order.</summary>
    public required string Nonce { get; init; }

    /// <summary>When the lease ends unless it is extended.</summary>
    public DateTimeOffset Expires => Created + Duration;

    /// <inheritdoc/>
    public override byte[] ToSignedBytes() =>
        new SignedBytes("provision/reservation/2")
            .Add(Node.ToString())
            .Add(User.ToString())
            .Add(Kind)
            .Add(Data.Text)
            .Add(Created)
            .Add(Duration)
            .Add(Nonce)
            .ToArray();
}
