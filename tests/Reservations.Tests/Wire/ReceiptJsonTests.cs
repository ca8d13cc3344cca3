using System.Text.Json.Nodes;
using CsCheck;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Wire;

public sealed class ReceiptJsonTests
{
    private static readonly Gen<Receipt> Receipts = Gen.Select(
        Gen.Long[1, long.MaxValue],
        Gen.Enum<ReceiptState>(),
        Gen.Null(Documents.Fault),
        Documents.Json,
        Documents.Moment,
        Gen.Bool,
        (number, state, fault, data, created, first) => Samples.SignReceipt(Samples.Receipt with
        {
            Sequence = number,
            Generation = number,
            State = state,
            Fault = fault,
            Data = CanonicalJson.Of(data),
            Created = created,
            Previous = first ? default : Samples.Receipt.Previous,
        }));

    [Fact]
    public void A_receipt_reads_back_and_its_signature_still_holds() => Receipts.Sample(receipt =>
    {
        var read = Read(ReceiptJson.Write(receipt).Text);
        read.Verify();
        Assert.Equal(receipt.ToSignedBytes(), read.ToSignedBytes());
        Assert.Equal(ReceiptJson.Write(receipt), ReceiptJson.Write(read));
    });

    [Fact]
    public void A_receipt_without_data_is_equal_to_what_is_read()
    {
        var receipt = Samples.SignReceipt(Samples.Receipt with { Data = default, Fault = null, State = ReceiptState.Deleted });
        Assert.Equal(receipt, Read(ReceiptJson.Write(receipt).Text));
    }

    [Fact]
    public void Unsigned_receipts_travel_too()
    {
        var receipt = Samples.Receipt with { Signature = default };
        Assert.Equal(receipt, Read(ReceiptJson.Write(receipt).Text));
    }

    [Theory]
    [InlineData(ReceiptState.Ok, "ok")]
    [InlineData(ReceiptState.Error, "error")]
    [InlineData(ReceiptState.Degraded, "degraded")]
    [InlineData(ReceiptState.Deleted, "deleted")]
    public void States_have_the_words_of_the_wire(ReceiptState state, string text) => Assert.Equal(text, ReceiptJson.StateText(state));

    [Theory]
    [InlineData("type", "7")]
    [InlineData("id", "\"42\"")]
    [InlineData("created", "\"yesterday\"")]
    [InlineData("state", "\"fine\"")]
    [InlineData("error", "\"something else\"")]
    [InlineData("signature", "\"AAAA\"")]
    [InlineData("node_id", "\"é\"")]
    [InlineData("sequence", "0")]
    [InlineData("sequence", "1.5")]
    [InlineData("previous", "\"ff\"")]
    [InlineData("reservation", "\"\"")]
    [InlineData("generation", "0")]
    [InlineData("more", "1")]
    public void A_bad_field_is_refused_by_name(string field, string value) =>
        Assert.Equal([$"/{field}"], Pointers(document => document[field] = JsonNode.Parse(value)));

    [Theory]
    [InlineData("type")]
    [InlineData("id")]
    [InlineData("created")]
    [InlineData("state")]
    [InlineData("error")]
    [InlineData("data")]
    [InlineData("node_id")]
    [InlineData("sequence")]
    [InlineData("previous")]
    [InlineData("reservation")]
    [InlineData("generation")]
    public void A_missing_field_is_refused_by_name(string field) =>
        Assert.Equal([$"/{field}"], Pointers(document => document.Remove(field)));

    [Fact]
    public void An_error_without_its_fault_is_refused() => Assert.Equal(["/error"], Pointers(document => document.Remove("fault")));

    private static IEnumerable<string> Pointers(Action<JsonObject> change)
    {
        var document = JsonNode.Parse(ReceiptJson.Write(Samples.Receipt).Text)!.AsObject();
        change(document);
        return Samples.Pointers(() => Read(document.ToJsonString()));
    }

    private static Receipt Read(string json) => ReceiptJson.Read(StrictJson.Parse(Samples.Bytes(json)));
}
