using System.Text.Json;
using Provision.Reservations.Faults;

namespace Provision.Reservations.Wire;

/// <summary>Receipts as JSON: the keys of Zero-OS's result (spec 01 §4.6) and beside them what makes it a receipt.</summary>
public static class ReceiptJson
{
    private const int ErrorTextMax = 1 << 18;

    /// <summary>Writes a receipt.</summary>
    public static void Write(Utf8JsonWriter writer, Receipt receipt)
    {
        writer.WriteStartObject();
        writer.WriteString("type", receipt.Kind);
        writer.WriteString("id", receipt.Id.ToString());
        writer.WriteString("created", Rfc3339.Format(receipt.Created));
        writer.WriteString("state", StateText(receipt.State));
        writer.WriteString("error", FaultJson.Unicode(receipt.Fault?.ToString() ?? ""));
        writer.WritePropertyName("data");
        receipt.Data.WriteTo(writer);
        writer.WriteString("signature", receipt.Signature.ToString());
        writer.WriteString("node_id", receipt.Node.ToString());
        writer.WriteNumber("sequence", receipt.Sequence);
        writer.WriteString("previous", receipt.Previous.ToString());
        writer.WriteString("reservation", receipt.Reservation.ToString());
        writer.WriteNumber("generation", receipt.Generation);
        if (receipt.Fault is not null)
        {
            writer.WritePropertyName("fault");
            receipt.FaultText.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    /// <summary>The bytes of a receipt.</summary>
    public static CanonicalJson Write(Receipt receipt) => CanonicalJson.Build(writer => Write(writer, receipt));

    /// <summary>Reads a receipt; its signature is not checked here.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/> with every problem.</exception>
    public static Receipt Read(JsonElement element) => StrictJson.Read(element, "receipt", Read);

    /// <summary>Reads a receipt from a form.</summary>
    public static Receipt? Read(JsonForm form)
    {
        var kind = form.Text("type", sizeMax: 64);
        var id = form.Parsed<ReservationId>("id", ReservationId.TryParse, "an id of the form N-M");
        var created = form.Moment("created");
        var state = form.OneOf("state", [.. Enum.GetValues<ReceiptState>().Select(StateText)]);
        var error = form.Text("error", sizeMax: ErrorTextMax);
        var data = form.Raw("data");
        var signature = form.SignatureField();
        var node = form.Parsed<NodeId>("node_id", NodeId.TryParse, "the base58 text of an Ed25519 public key");
        var sequence = form.Int64("sequence", min: 1);
        var previous = form.Parsed<Digest>("previous", TryParsePrevious, "a hash of 64 digits, or nothing in the first receipt");
        var reservation = form.Parsed<Digest>("reservation", Digest.TryParse, "a digest of 64 lower-case hexadecimal digits");
        var generation = form.Int64("generation", min: 1);
        var fault = form.Object("fault", required: false) is { } inner ? inner.Close(FaultJson.Read(inner)) : null;
        var faultText = form.Raw("fault", required: false);
        if (error is not null && error != (fault?.ToString() ?? ""))
        {
            form.Refuse("error", "does not say what \"fault\" says", "write the text of the fault, which is what the signature covers");
        }

        return kind is null || id is null || created is null || state is null || data is null || node is null || sequence is null
            || previous is null || reservation is null || generation is null || error is null
            ? null
            : new Receipt
            {
                Kind = kind,
                Id = id.Value,
                Created = created.Value,
                State = Enum.GetValues<ReceiptState>().Single(s => StateText(s) == state),
                Fault = fault,
                FaultText = faultText ?? default,
                Data = data.Value,
                Signature = signature,
                Node = node.Value,
                Sequence = sequence.Value,
                Previous = previous.Value,
                Reservation = reservation.Value,
                Generation = generation.Value,
            };
    }

    /// <summary>The state as it is written.</summary>
    public static string StateText(ReceiptState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());

    private static bool TryParsePrevious(string? text, out Digest digest)
    {
        digest = default;
        return text is "" || Digest.TryParse(text, out digest);
    }
}
