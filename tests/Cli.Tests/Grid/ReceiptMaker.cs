using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Cli.Tests.Grid;

/// <summary>A node that signs receipts in a chain.</summary>
internal sealed class ReceiptMaker(byte seed = 1)
{
    private readonly KeyPair node = KeyPair.FromSeed([.. Enumerable.Repeat(seed, KeyPair.SeedSize)]);
    private readonly List<Receipt> all = [];

    public NodeId Node => new(node.PublicKey);

    /// <summary>The key; what a node registers is signed with it.</summary>
    public KeyPair Key => node;

    public Receipt Next(ReceiptState state = ReceiptState.Ok, Fault? fault = null) =>
        Next(Digest.Of("order"u8), new ReservationId(1, 1), state, fault);

    /// <summary>The next receipt, about this reservation.</summary>
    public Receipt Next(Digest reservation, ReservationId id, ReceiptState state, Fault? fault = null)
    {
        var receipt = Sign(new Receipt
        {
            Node = Node,
            Sequence = all.Count + 1,
            Previous = all.Count == 0 ? default : all[^1].ComputeHash(),
            Reservation = reservation,
            Id = id,
            Kind = "volume",
            Generation = 1 + all.Count(earlier => earlier.Reservation == reservation),
            State = state,
            Fault = fault,
            Data = CanonicalJson.Of($$"""{"volume_id":"{{id}}"}"""),
            Created = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero),
        });
        all.Add(receipt);
        return receipt;
    }

    public IReadOnlyList<Receipt> Next(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    public Receipt Sign(Receipt receipt) => receipt with { Signature = node.Sign(receipt.ToSignedBytes()) };
}
