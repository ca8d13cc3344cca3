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

    private static readonly FarmRegistration Farm = new FarmRegistration
    {
        Farm = new FarmId(Samples.Farmer.PublicKey),
        Name = "Hühnerfarm <1>",
        Created = Samples.Created,
    }.Sign(Samples.Farmer);

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

    private static IEnumerable<string> Pointers(CanonicalJson valid, string field, string value, Action<CanonicalJson> read)
    {
        var document = JsonNode.Parse(valid.Text)!;
        document[field] = JsonNode.Parse(value);
        var json = CanonicalJson.Of(document.ToJsonString());
        return Samples.Pointers(() => read(json));
    }
}
