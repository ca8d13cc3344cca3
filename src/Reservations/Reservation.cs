using System.Text;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Provision.Reservations.Wire.ZeroOs;

namespace Provision.Reservations;

/// <summary>
/// A user's order for one workload on one node (spec 01 §4.1), signed by our scheme, version 2, or by that of Zero-OS v0.2.1, version 1,
/// which leaves out id and dates and puts nothing between its fields.
/// </summary>
public sealed record Reservation : Order
{
    /// <inheritdoc/>
    public override string Sort => "reservation";

    /// <summary>The scheme of signatures of this project.</summary>
    public const int SignatureVersion = 2;

    /// <summary>The scheme of signatures of Zero-OS.</summary>
    public const int ZeroOsVersion = 1;

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

    /// <summary>Chosen by the user: <c>(user, nonce)</c> is the idempotency key of the order. Empty in version 1, which has none.</summary>
    public required string Nonce { get; init; }

    /// <summary>The id that Zero-OS's registry gave it; null in version 2, where an id is an alias and no part of the order.</summary>
    public ReservationId? ZeroOsId { get; init; }

    /// <summary>True when it is signed by the scheme of Zero-OS.</summary>
    public bool IsVersion1 => ZeroOsId is not null;

    /// <summary>
    /// What its module reads: <see cref="Data"/>, or for version 1 what Zero-OS reads in it, without what is empty.
    /// </summary>
    public CanonicalJson Spec => IsVersion1 ? ZeroOsSpec.Of(Kind, Data) : Data;

    /// <summary>When the lease ends unless it is extended.</summary>
    public DateTimeOffset Expires => Created + Duration;

    /// <inheritdoc/>
    public override byte[] ToSignedBytes() => IsVersion1
        ? Encoding.UTF8.GetBytes($"{Node}{User}{Kind}{Data.Text}")
        : ToBytes("provision/reservation/2", Nonce);

    /// <inheritdoc/>
    public override Digest ComputeDigest() =>
        Digest.Of(IsVersion1 ? ToBytes("provision/reservation/1", ZeroOsId.ToString()!) : ToSignedBytes());

    // What names version 1 is more than its signature covers: two orders that differ in id or dates are two.
    private byte[] ToBytes(string domain, string nonce) =>
        new SignedBytes(domain)
            .Add(Node.ToString())
            .Add(User.ToString())
            .Add(Kind)
            .Add(Data.Text)
            .Add(Created)
            .Add(Duration)
            .Add(nonce)
            .ToArray();
}
