using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Reservations;

/// <summary>
/// What a node says about an order, signed over all of it: Zero-OS's result (spec 01 §4.6) made into a receipt. The receipts of a node
/// form a chain: each carries the hash of the one before, so that none can be taken out or put in later.
/// </summary>
public sealed record Receipt
{
    /// <summary>The node that says it.</summary>
    public required NodeId Node { get; init; }

    /// <summary>Position in the node's chain, from 1, without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>Hash of the receipt before; the default value in the first.</summary>
    public required Digest Previous { get; init; }

    /// <summary>The reservation it is about.</summary>
    public required Digest Reservation { get; init; }

    /// <summary>The alias under which the node got the reservation.</summary>
    public required ReservationId Id { get; init; }

    /// <summary>The kind of workload.</summary>
    public required string Kind { get; init; }

    /// <summary>Counts the receipts about one reservation, from 1; a later one amends the earlier.</summary>
    public required long Generation { get; init; }

    /// <summary>What became of the workload.</summary>
    public required ReceiptState State { get; init; }

    /// <summary>Why, when the state is not <see cref="ReceiptState.Ok"/>.</summary>
    public Fault? Fault
    {
        get;
        init
        {
            field = value;
            FaultText = value is null ? default : CanonicalJson.Build(writer => FaultJson.Write(writer, value));
        }
    }

    /// <summary>The fault in the words of whoever signed it: the signature covers how it is written, too.</summary>
    public CanonicalJson FaultText { get; init; }

    /// <summary>The result of the kind: where the volume is, what address the container got.</summary>
    public CanonicalJson Data { get; init; }

    /// <summary>When the node made the receipt, by its wall clock.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The node's signature over <see cref="ToSignedBytes"/>.</summary>
    public Signature Signature { get; init; }

    /// <summary>The hash that the next receipt of the chain carries.</summary>
    public Digest ComputeHash() => Digest.Of(ToSignedBytes());

    /// <summary>The bytes under the signature: every field.</summary>
    public byte[] ToSignedBytes() =>
        new SignedBytes("provision/receipt/2")
            .Add(Node.ToString())
            .Add(Sequence)
            .Add(Previous.ToString())
            .Add(Reservation.ToString())
            .Add(Id.ToString())
            .Add(Kind)
            .Add(Generation)
            .Add(ReceiptJson.StateText(State))
            .Add(Fault is null ? "" : FaultText.Text)
            .Add(Data.Text)
            .Add(Created)
            .ToArray();

    /// <summary>Checks the node's signature.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.BadSignature"/>.</exception>
    public void Verify() => SignatureCheck.Require(Signature, ToSignedBytes(), Node.Key, "receipt");
}
