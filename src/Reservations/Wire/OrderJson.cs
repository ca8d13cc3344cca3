using System.Buffers;
using System.Text;
using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Reservations.Wire;

/// <summary>
/// Orders as JSON. An order travels as an object of one field that says its sort: <c>{"reservation":{…}}</c>, <c>{"cancel":{…}}</c>,
/// <c>{"extend":{…}}</c>. The reservation inside is Zero-OS's JSON (spec 01 §4.1) with <c>signature_version</c> and <c>nonce</c>; one of
/// version 1 has its id, which is part of its name, and no nonce.
/// </summary>
public static class OrderJson
{
    private const string KeyText = "the base58 text of an Ed25519 public key";
    private const string DigestText = "a digest of 64 lower-case hexadecimal digits";

    /// <summary>Writes an order in its envelope.</summary>
    public static void Write(Utf8JsonWriter writer, Order order)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(order.Sort);
        WriteBare(writer, order);
        writer.WriteEndObject();
    }

    /// <summary>The bytes of an order in its envelope.</summary>
    public static CanonicalJson Write(Order order) => CanonicalJson.Build(writer => Write(writer, order));

    /// <summary>Reads an order in its envelope.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="version1">True where orders of version 1 may come by: in feeds and journals.</param>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/> with every problem.</exception>
    public static Order Read(ReadOnlyMemory<byte> utf8, bool version1 = false) =>
        StrictJson.Read(StrictJson.Parse(utf8, "order"), "order", form => Read(form, version1));

    /// <summary>Reads an order in its envelope, of version 2.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/> with every problem.</exception>
    public static Order Read(JsonElement element) => StrictJson.Read(element, "order", form => Read(form));

    /// <summary>Reads an order in its envelope from a form.</summary>
    public static Order? Read(JsonForm form, bool version1 = false)
    {
        if (new[] { "reservation", "cancel", "extend" }.Count(form.Has) != 1)
        {
            form.Refuse("is not one order", "give exactly one of \"reservation\", \"cancel\", \"extend\"");
        }

        return form.Object("reservation", required: false) is { } reservation ? reservation.Close(ReadReservation(reservation, version1))
            : form.Object("cancel", required: false) is { } cancel ? cancel.Close<Order>(ReadCancel(cancel))
            : form.Object("extend", required: false) is { } extend ? extend.Close<Order>(ReadExtend(extend))
            : null;
    }

    private static void WriteBare(Utf8JsonWriter writer, Order order)
    {
        writer.WriteStartObject();
        switch (order)
        {
            case Reservation reservation:
                writer.WriteString("id", reservation.ZeroOsId?.ToString() ?? "");
                writer.WriteString("node_id", reservation.Node.ToString());
                writer.WriteString("user_id", reservation.User.ToString());
                writer.WriteString("type", reservation.Kind);
                writer.WritePropertyName("data");
                reservation.Data.WriteTo(writer);
                writer.WriteString("created", Rfc3339.Format(reservation.Created));
                writer.WriteNumber("duration", Nanoseconds.Of(reservation.Duration));
                WriteSignature(writer, reservation);
                writer.WriteBoolean("to_delete", false);
                writer.WriteNumber(
                    "signature_version", reservation.IsVersion1 ? Reservation.ZeroOsVersion : Reservation.SignatureVersion);
                if (!reservation.IsVersion1)
                {
                    writer.WriteString("nonce", reservation.Nonce);
                }

                break;
            case FollowUp follow:
                writer.WriteString("reservation", follow.Reservation.ToString());
                writer.WriteString("user_id", follow.User.ToString());
                writer.WriteNumber("counter", follow.Counter);
                writer.WriteString("created", Rfc3339.Format(follow.Created));
                if (follow is Cancel cancel)
                {
                    writer.WriteBoolean("keep_data", cancel.KeepData);
                }
                else if (follow is Extend extend)
                {
                    writer.WriteNumber("duration", Nanoseconds.Of(extend.Duration));
                }

                WriteSignature(writer, follow);
                break;
        }

        writer.WriteEndObject();
    }

    private static void WriteSignature(Utf8JsonWriter writer, Order order)
    {
        if (!order.Signature.IsMissing)
        {
            writer.WriteString("signature", order.Signature.ToString());
        }
    }

    private static Reservation? ReadReservation(JsonForm form, bool version1)
    {
        var version = form.Int64("signature_version");
        var isVersion1 = version1 && version == Reservation.ZeroOsVersion;
        if (version is not null and not Reservation.SignatureVersion && !isVersion1)
        {
            form.Refuse("signature_version", $"is {version}", $"sign with version {Reservation.SignatureVersion}");
        }

        ReservationId? id = isVersion1 ? form.Parsed<ReservationId>("id", ReservationId.TryParse, "an id of the form N-M") : null;
        RefuseServerFields(form, isVersion1);

        var node = form.Parsed<NodeId>("node_id", NodeId.TryParse, KeyText);
        var user = form.Parsed<UserId>("user_id", UserId.TryParse, KeyText);
        var kind = form.Text("type", sizeMax: 64);
        var data = ReadData(form);
        var created = form.Moment("created");
        var duration = form.Span("duration");
        var nonce = isVersion1 ? "" : ReadNonce(form);
        var signature = form.SignatureField();
        return node is null || user is null || kind is null || data is null || created is null || duration is null || nonce is null
            || (isVersion1 && id is null)
            ? null
            : new Reservation
            {
                Node = node.Value,
                User = user.Value,
                Kind = kind,
                Data = data.Value,
                Created = created.Value,
                Duration = duration.Value,
                Nonce = nonce,
                ZeroOsId = id,
                Signature = signature,
            };
    }

    private static string? ReadNonce(JsonForm form)
    {
        var nonce = form.Text("nonce", sizeMax: 64);
        if (nonce is not null && (nonce.Length < 16 || nonce.AsSpan().ContainsAnyExcept(NonceAlphabet)))
        {
            form.Refuse("nonce", "is not a nonce", "give 16 to 64 letters, digits, - or _, never used before");
        }

        return nonce;
    }

    // What an explorer takes must fit its feed, where an order lies deeper and up to a thousand others follow it on the same page.
    private static CanonicalJson? ReadData(JsonForm form)
    {
        var data = form.Raw("data");
        if (data is not { } value)
        {
            return null;
        }

        var size = Encoding.UTF8.GetByteCount(value.Text);
        if (size > Reservation.DataSizeMax)
        {
            form.Refuse("data", $"has {size} bytes", $"give at most {Reservation.DataSizeMax}");
        }
        else if (Depth(value.ToElement()) > Reservation.DataDepthMax)
        {
            form.Refuse("data", "is nested too deep", $"nest at most {Reservation.DataDepthMax} deep");
        }

        return data;
    }

    private static int Depth(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => 1 + element.EnumerateObject().Select(property => Depth(property.Value)).DefaultIfEmpty().Max(),
        JsonValueKind.Array => 1 + element.EnumerateArray().Select(Depth).DefaultIfEmpty().Max(),
        _ => 0,
    };

    // Zero-OS's clients always send both; neither is the user's to choose.
    private static void RefuseServerFields(JsonForm form, bool isVersion1)
    {
        if (!isVersion1 && form.Text("id", required: false) is { Length: > 0 })
        {
            form.Refuse("id", "is not empty", "leave it empty or out: the explorer gives it");
        }

        if (form.Flag("to_delete") is true)
        {
            form.Refuse("to_delete", "is true", "send a signed cancel instead");
        }
    }

    private static Cancel? ReadCancel(JsonForm form)
    {
        var head = ReadHead(form);
        var keepData = form.Flag("keep_data");
        return head is not var (reservation, user, counter, created, signature) || keepData is null
            ? null
            : new Cancel
            {
                Reservation = reservation,
                User = user,
                Counter = counter,
                Created = created,
                KeepData = keepData.Value,
                Signature = signature,
            };
    }

    private static Extend? ReadExtend(JsonForm form)
    {
        var head = ReadHead(form);
        var duration = form.Span("duration");
        return head is not var (reservation, user, counter, created, signature) || duration is null
            ? null
            : new Extend
            {
                Reservation = reservation,
                User = user,
                Counter = counter,
                Created = created,
                Duration = duration.Value,
                Signature = signature,
            };
    }

    private static (Digest Reservation, UserId User, long Counter, DateTimeOffset Created, Signature Signature)? ReadHead(JsonForm form)
    {
        var reservation = form.Parsed<Digest>("reservation", Digest.TryParse, DigestText);
        var user = form.Parsed<UserId>("user_id", UserId.TryParse, KeyText);
        var counter = form.Int64("counter", min: 1, max: 1L << 53);
        var created = form.Moment("created");
        var signature = form.SignatureField();
        return reservation is null || user is null || counter is null || created is null
            ? null
            : (reservation.Value, user.Value, counter.Value, created.Value, signature);
    }

    private static readonly SearchValues<char> NonceAlphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}
