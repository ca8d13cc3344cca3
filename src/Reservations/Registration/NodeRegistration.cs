using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Reservations.Registration;

/// <summary>A node tells an explorer that it exists, whose it is, what it offers and to whom. Signed by the node.</summary>
public sealed record NodeRegistration
{
    /// <summary>The node.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The farm that it says it belongs to.</summary>
    public required FarmId Farm { get; init; }

    /// <summary>The kinds of workload it offers, separated by single blanks; empty: none now.</summary>
    public required string Kinds { get; init; }

    /// <summary>When it registered; a later registration replaces an earlier one.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>How much it offers, and to whom; null: it does not say, as nodes did once.</summary>
    public NodeOffer? Offer { get; init; }

    /// <summary>The node's signature.</summary>
    public Signature Signature { get; init; }

    /// <summary>Signs with the node's key.</summary>
    public NodeRegistration Sign(KeyPair node) => this with { Signature = node.Sign(ToSignedBytes()) };

    /// <summary>Checks the node's signature.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.BadSignature"/>.</exception>
    public void Verify() => SignatureCheck.Require(Signature, ToSignedBytes(), Node.Key, "node registration");

    /// <summary>Writes the document.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("node_id", Node.ToString());
        writer.WriteString("farm_id", Farm.ToString());
        writer.WriteString("kinds", Kinds);
        writer.WriteString("created", Rfc3339.Format(Created));
        if (Offer is not null)
        {
            writer.WritePropertyName("offer");
            Offer.Write(writer);
        }

        writer.WriteString("signature", Signature.ToString());
        writer.WriteEndObject();
    }

    /// <summary>Reads the document; the signature is not checked here.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/> with every problem.</exception>
    public static NodeRegistration Read(JsonElement element) => StrictJson.Read(element, "node registration", form =>
    {
        var node = form.Parsed<NodeId>("node_id", NodeId.TryParse, "the base58 text of an Ed25519 public key");
        var farm = form.Parsed<FarmId>("farm_id", FarmId.TryParse, "the base58 text of an Ed25519 public key");
        var kinds = form.Text("kinds", sizeMax: 256);
        var created = form.Moment("created");
        var offer = form.Object("offer", required: false) is { } inner ? NodeOffer.Read(inner) : null;
        var signature = form.SignatureField();
        return node is null || farm is null || kinds is null || created is null
            ? null
            : new NodeRegistration
            {
                Node = node.Value,
                Farm = farm.Value,
                Kinds = kinds,
                Created = created.Value,
                Offer = offer,
                Signature = signature,
            };
    });

    // A registration without an offer has the bytes that it had before there were any, so that what was signed then still verifies.
    private byte[] ToSignedBytes()
    {
        var bytes = new SignedBytes("provision/node/2").Add(Node.ToString()).Add(Farm.ToString()).Add(Kinds).Add(Created);
        Offer?.AddTo(bytes);
        return bytes.ToArray();
    }
}
