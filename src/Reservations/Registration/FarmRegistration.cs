using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Reservations.Registration;

/// <summary>A farmer tells an explorer the name of the farm. Signed by the farmer.</summary>
public sealed record FarmRegistration
{
    /// <summary>The farm: the farmer's key.</summary>
    public required FarmId Farm { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>When it registered; a later registration replaces an earlier one.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The farmer's signature.</summary>
    public Signature Signature { get; init; }

    /// <summary>Signs with the farmer's key.</summary>
    public FarmRegistration Sign(KeyPair farmer) => this with { Signature = farmer.Sign(ToSignedBytes()) };

    /// <summary>Checks the farmer's signature.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.BadSignature"/>.</exception>
    public void Verify() => SignatureCheck.Require(Signature, ToSignedBytes(), Farm.Key, "farm registration");

    /// <summary>Writes the document.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("farm_id", Farm.ToString());
        writer.WriteString("name", Name);
        writer.WriteString("created", Rfc3339.Format(Created));
        writer.WriteString("signature", Signature.ToString());
        writer.WriteEndObject();
    }

    /// <summary>Reads the document; the signature is not checked here.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/> with every problem.</exception>
    public static FarmRegistration Read(JsonElement element) => StrictJson.Read(element, "farm registration", form =>
    {
        var farm = form.Parsed<FarmId>("farm_id", FarmId.TryParse, "the base58 text of an Ed25519 public key");
        var name = form.Text("name", sizeMax: 64);
        if (name is not null && (name.Length == 0 || name.Any(char.IsControl)))
        {
            form.Refuse("name", "is no name", "give 1 to 64 printable characters");
        }

        var created = form.Moment("created");
        var signature = form.SignatureField();
        return farm is null || name is null || created is null
            ? null
            : new FarmRegistration { Farm = farm.Value, Name = name, Created = created.Value, Signature = signature };
    });

    private byte[] ToSignedBytes() =>
        new SignedBytes("provision/farm/2").Add(Farm.ToString()).Add(Name).Add(Created).ToArray();
}
