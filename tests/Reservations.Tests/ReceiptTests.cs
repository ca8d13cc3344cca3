using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests;

public sealed class ReceiptTests
{
    public static TheoryData<string, Receipt> Changed => new()
    {
        { "node", Samples.Receipt with { Node = new NodeId(Samples.Other.PublicKey) } },
        { "sequence", Samples.Receipt with { Sequence = 8 } },
        { "previous", Samples.Receipt with { Previous = Digest.Of("another"u8) } },
        { "previous, none", Samples.Receipt with { Previous = default } },
        { "reservation", Samples.Receipt with { Reservation = Digest.Of("another"u8) } },
        { "id", Samples.Receipt with { Id = new ReservationId(42, 2) } },
        { "kind", Samples.Receipt with { Kind = "volumf" } },
        { "generation", Samples.Receipt with { Generation = 3 } },
        { "state", Samples.Receipt with { State = ReceiptState.Ok } },
        { "fault", Samples.Receipt with { Fault = null } },
        { "code of the fault", Samples.Receipt with { Fault = ReadOnly with { Code = FaultCode.Internal } } },
        { "cause of the fault", Samples.Receipt with { Fault = ReadOnly with { Cause = new Fault(FaultCode.Internal, "x") } } },
        { "data", Samples.Receipt with { Data = CanonicalJson.Of("""{"volume_id":"42-2"}""") } },
        { "created", Samples.Receipt with { Created = Samples.Receipt.Created.AddTicks(1) } },
        { "signature", Samples.Receipt with { Signature = default } },
    };

    private static Fault ReadOnly => Samples.Receipt.Fault!;

    [Fact]
    public void What_the_node_signed_verifies() => Samples.Receipt.Verify();

    [Fact]
    public void A_fault_is_signed_as_its_node_writes_it()
    {
        var words = CanonicalJson.Of("""{"what":"caf\u00e9","problems":[],"code":"internal"}""");
        var signed = Samples.SignReceipt(
            Samples.Receipt with { Fault = new Fault(FaultCode.Internal, "café"), FaultText = words });

        var read = ReceiptJson.Read(ReceiptJson.Write(signed).ToElement());

        read.Verify();
        Assert.Equal(words, read.FaultText);
        Assert.Equal(ReceiptJson.Write(signed), ReceiptJson.Write(read));
    }

    [Theory]
    [MemberData(nameof(Changed), DisableDiscoveryEnumeration = true)]
    public void A_receipt_with_a_changed_field_does_not_verify(string field, Receipt changed) =>
        Assert.True(Samples.Refused(changed.Verify).Code == FaultCode.BadSignature, field);

    [Fact]
    public void A_receipt_of_another_node_does_not_verify()
    {
        var foreign = Samples.Receipt with { Signature = Samples.Other.Sign(Samples.Receipt.ToSignedBytes()) };
        Samples.Refused(FaultCode.BadSignature, foreign.Verify);
    }

    [Fact]
    public void A_chain_shows_a_receipt_that_was_taken_out()
    {
        var first = Samples.SignReceipt(Samples.Receipt with { Sequence = 1, Previous = default });
        var second = Samples.SignReceipt(Samples.Receipt with { Sequence = 2, Previous = first.ComputeHash() });
        var third = Samples.SignReceipt(Samples.Receipt with { Sequence = 3, Previous = second.ComputeHash() });
        Assert.NotEqual(first.ComputeHash(), third.Previous);
        Assert.Equal(second.ComputeHash(), third.Previous);
    }

    [Fact]
    public void The_hash_covers_what_was_said_and_not_the_signature()
    {
        Assert.Equal(Digest.Of(Samples.Receipt.ToSignedBytes()), Samples.Receipt.ComputeHash());
        Assert.Equal(Samples.Receipt.ComputeHash(), (Samples.Receipt with { Signature = default }).ComputeHash());
    }
}
