using System.Text;
using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>
/// A reservation as Zero-OS v0.2.1 has it, signed by its version 1: whatever JSON of Go held it, before any rule was applied.
/// <see cref="ToOrder"/> applies ours.
/// </summary>
public sealed record ZeroOsReservation
{
    /// <summary>The registry's id, <c>N-M</c>; empty before it gave one.</summary>
    public string Id { get; init; } = "";

    /// <summary>The node.</summary>
    public string Node { get; init; } = "";

    /// <summary>The user: the key that signed.</summary>
    public string User { get; init; } = "";

    /// <summary>The wire's <c>type</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The wire's <c>data</c>, in the bytes that were read; null when there was none.</summary>
    public byte[]? Data { get; init; }

    /// <summary>When it was made. Not signed.</summary>
    public GoTime Created { get; init; }

    /// <summary>How long the lease runs, nanoseconds. Not signed.</summary>
    public long Duration { get; init; }

    /// <summary>The signature, of any length; null when there is none.</summary>
    public byte[]? Signature { get; init; }

    /// <summary>True when its user asked the registry to end it. Not signed.</summary>
    public bool ToDelete { get; init; }

    /// <summary>The bytes under the signature: node, user, type and data with nothing between them (provision/crypto.go).</summary>
    public byte[] ToSignedBytes() => [.. Encoding.UTF8.GetBytes(Node + User + Kind), .. Data ?? []];

    /// <summary>The same with its owner's signature.</summary>
    public ZeroOsReservation Sign(KeyPair owner) => this with { Signature = owner.Sign(ToSignedBytes()).ToBytes() };

    /// <summary>
    /// Checks the signature over the bytes as they were read. Zero-OS's words for what is wrong, or null. Weak keys, which Go accepts, are
    /// refused.
    /// </summary>
    public string? Verify() =>
        !UserId.TryParse(User, out var user) ? "failed to extract public key from user ID: wrong key size"
        : !SignatureCheck.Holds(Signature ?? [], ToSignedBytes(), user.Key) ? "signature verification failed"
        : null;

    /// <summary>Reads one.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/> with every problem; the first reason is Go's.</exception>
    public static ZeroOsReservation Read(ReadOnlyMemory<byte> utf8) =>
        Of((GoObject)GoJson.Decode(ZeroOsTypes.Reservation, utf8).Require("reservation")!);

    /// <summary>The reservation that a decoded value is.</summary>
    public static ZeroOsReservation Of(GoObject value) => new()
    {
        Id = value.Text("id"),
        Node = value.Text("node_id"),
        User = value.Text("user_id"),
        Kind = value.Text("type"),
        Data = (byte[]?)value["data"],
        Created = (GoTime)value["created"]!,
        Duration = value.Number("duration"),
        Signature = (byte[]?)value["signature"],
        ToDelete = (bool)value["to_delete"]!,
    };

    /// <summary>Its JSON as Go writes it, without a newline behind it.</summary>
    public string Write() => GoJson.Encode(ZeroOsTypes.Reservation, ZeroOsTypes.Reservation.Make(
        ("id", Id),
        ("node_id", Node),
        ("user_id", User),
        ("type", Kind),
        ("data", Data),
        ("created", Created),
        ("duration", (Int128)Duration),
        ("signature", Signature),
        ("to_delete", ToDelete)));

    /// <summary>
    /// The same as an order of ours, held to the rules of orders: ids are ids, data has its bounds and names each key once. Times are cut
    /// to whole 100 ns. Nothing says yet that its signature is its user's.
    /// </summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/> with every problem.</exception>
    public Reservation ToOrder()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("reservation");
            writer.WriteString("id", Id);
            writer.WriteString("node_id", Node);
            writer.WriteString("user_id", User);
            writer.WriteString("type", Kind);
            if (Data is not null)
            {
                writer.WritePropertyName("data");
                writer.WriteRawValue(Data, skipInputValidation: true);
            }

            writer.WriteString("created", Created.TryGetMoment(out var moment) ? Rfc3339.Format(moment) : Created.ToString());
            writer.WriteNumber("duration", Duration / Nanoseconds.PerTick * Nanoseconds.PerTick);
            writer.WriteString("signature", Convert.ToBase64String(Signature ?? []));
            writer.WriteNumber("signature_version", Reservation.ZeroOsVersion);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return (Reservation)OrderJson.Read(stream.ToArray(), version1: true);
    }
}
