using System.Text.Json.Nodes;
using Provision.Reservations.Faults;
using Provision.Reservations.Registration;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Registration;

public sealed class RegistrationTests
{
    private static readonly NodeRegistration Node = new NodeRegistration
    {
        Node = new NodeId(Samples.Node.PublicKey),
        Farm = new FarmId(Samples.Farmer.PublicKey),
        Kinds = "network volume",
        Created = Samples.Created,
    }.Sign(Samples.Node);

    private static readonly NodeRegistration Offering =
        (Node with { Offer = new NodeOffer(new(8, 31, 100, 2000), new(16, 28, 90, 0), AllUsers: true) }).Sign(Samples.Node);

    private static readonly FarmRegistration Farm = new FarmRegistration
    {
        Farm = new FarmId(Samples.Farmer.PublicKey),
        Name = "Hühnerfarm <1>",
        Created = Samples.Created,
    }.Sign(Samples.Farmer);

    [Fact]
    public void An_offer_reads_back_and_verifies() => Assert.All<NodeRegistration>(
        [Offering, (Offering with { Offer = Offering.Offer! with { AllUsers = false } }).Sign(Samples.Node)],
        offering =>
        {
            var read = NodeRegistration.Read(CanonicalJson.Build(offering.Write).ToElement());
            read.Verify();
            Assert.Equal(offering, read);
        });

    [Fact]
    public void What_was_signed_before_there_were_offers_verifies_for_ever()
    {
        const string old = """
            {"node_id":"9hSR6S7WPtxmTojgo6GG3k4yDPecgJY292j7xrsUGWBu","farm_id":"GyGKxMyg1p9SsHfm15MkNUu1u9TN2JtTspcdmrtGUdse",
            "kinds":"container network volume","created":"2026-11-23T12:00:00Z",
            "signature":"s2vF8DLl+jG8eahrecY392qVQ1EyizyFbWeJxYx4iG4/wMbZabdcNxJEkS4cwKkhYK5ZcM/3FXP30TYw9JclAQ=="}
            """;
        var node = NodeRegistration.Read(CanonicalJson.Of(old).ToElement());
        node.Verify();
        Assert.Null(node.Offer);
        Assert.Equal(CanonicalJson.Of(old), CanonicalJson.Build(node.Write));
    }

    [Fact]
    public void An_offer_that_was_changed_added_or_taken_away_does_not_verify()
    {
        var offer = Offering.Offer!;
        Assert.All<NodeOffer?>(
            [
                null,
                offer with { AllUsers = false },
                offer with { Machine = offer.Offered, Offered = offer.Machine },
                .. Changed(offer.Machine).Select(units => offer with { Machine = units }),
                .. Changed(offer.Offered).Select(units => offer with { Offered = units }),
            ],
            changed => Samples.Refused(FaultCode.BadSignature, (Offering with { Offer = changed }).Verify));
        Samples.Refused(FaultCode.BadSignature, (Node with { Offer = offer }).Verify);
    }

    [Theory]
    [InlineData("7", "/offer")]
    [InlineData("null", "/offer")]
    [InlineData("{}", "/offer/machine,/offer/offered,/offer/users")]
    [InlineData("""{"machine":{"cru":1,"mru":2,"sru":3,"hru":4},"offered":{},"users":"all"}""",
        "/offer/offered/cru,/offer/offered/mru,/offer/offered/sru,/offer/offered/hru")]
    [InlineData("""{"machine":{"cru":-1,"mru":1.5,"sru":4294967297,"hru":99999999999999999999},"offered":[],"users":"all"}""",
        "/offer/machine/cru,/offer/machine/mru,/offer/machine/sru,/offer/machine/hru,/offer/offered")]
    [InlineData("""{"machine":{"cru":1,"mru":2,"sru":3,"hru":4,"gpu":1},"offered":{"cru":1,"mru":2,"sru":3,"hru":4},"users":"","x":1}""",
        "/offer/machine/gpu,/offer/users,/offer/x")]
    public void A_bad_offer_is_refused_with_the_place_of_all_that_is_wrong(string offer, string pointers) => Assert.Equal(
        pointers.Split(','),
        Pointers(CanonicalJson.Build(Offering.Write), "offer", offer, json => NodeRegistration.Read(json.ToElement())));

    [Fact]
    public void Both_read_back_and_verify()
    {
        var node = NodeRegistration.Read(CanonicalJson.Build(Node.Write).ToElement());
        var farm = FarmRegistration.Read(CanonicalJson.Build(Farm.Write).ToElement());
        node.Verify();
        farm.Verify();
        Assert.Equal(Node, node);
        Assert.Equal(Farm, farm);
    }

    [Fact]
    public void A_node_registration_with_a_changed_field_does_not_verify() => Assert.All<NodeRegistration>(
        [
            Node with { Node = new NodeId(Samples.Other.PublicKey) },
            Node with { Farm = new FarmId(Samples.Other.PublicKey) },
            Node with { Kinds = "network volumes" },
            Node with { Created = Node.Created.AddTicks(1) },
            Node with { Signature = default },
            Node.Sign(Samples.Farmer),
        ],
        changed => Samples.Refused(FaultCode.BadSignature, changed.Verify));

    [Fact]
    public void A_farm_registration_with_a_changed_field_does_not_verify() => Assert.All<FarmRegistration>(
        [
            Farm with { Farm = new FarmId(Samples.Other.PublicKey) },
            Farm with { Name = "Hühnerfarm <2>" },
            Farm with { Created = Farm.Created.AddTicks(1) },
            Farm with { Signature = default },
            Farm.Sign(Samples.Node),
        ],
        changed => Samples.Refused(FaultCode.BadSignature, changed.Verify));

    [Theory]
    [InlineData("node_id", "1")]
    [InlineData("farm_id", "\"é\"")]
    [InlineData("kinds", "[]")]
    [InlineData("created", "\"\"")]
    [InlineData("signature", "\"?\"")]
    [InlineData("more", "null")]
    public void A_bad_field_of_a_node_is_refused_by_name(string field, string value) => Assert.Equal(
        [$"/{field}"],
        Pointers(CanonicalJson.Build(Node.Write), field, value, json => NodeRegistration.Read(json.ToElement())));

    [Theory]
    [InlineData("farm_id", "null")]
    [InlineData("name", "\"\"")]
    [InlineData("name", "\"a\\nb\"")]
    [InlineData("name", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"")]
    [InlineData("created", "0")]
    [InlineData("signature", "7")]
    [InlineData("more", "{}")]
    public void A_bad_field_of_a_farm_is_refused_by_name(string field, string value) => Assert.Equal(
        [$"/{field}"],
        Pointers(CanonicalJson.Build(Farm.Write), field, value, json => FarmRegistration.Read(json.ToElement())));

    private static IEnumerable<ResourceUnits> Changed(ResourceUnits units) =>
        [units with { Cru = 1 }, units with { Mru = 1 }, units with { Sru = 1 }, units with { Hru = 1 }];

    private static IEnumerable<string> Pointers(CanonicalJson valid, string field, string value, Action<CanonicalJson> read)
    {
        var document = JsonNode.Parse(valid.Text)!;
        document[field] = JsonNode.Parse(value);
        var json = CanonicalJson.Of(document.ToJsonString());
        return Samples.Pointers(() => read(json));
    }
}
