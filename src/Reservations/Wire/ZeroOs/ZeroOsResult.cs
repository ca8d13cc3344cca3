using System.Text;
using Provision.Reservations.Signing;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>What a node of Zero-OS v0.2.1 says about a reservation (provision/reservation.go).</summary>
public sealed record ZeroOsResult
{
    /// <summary>The reservation's <c>type</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The reservation's id.</summary>
    public string Id { get; init; } = "";

    /// <summary>When it was made.</summary>
    public GoTime Created { get; init; }

    /// <summary><c>ok</c> or <c>error</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>What went wrong, or nothing.</summary>
    public string Error { get; init; } = "";

    /// <summary>What the kind says; null when it says nothing.</summary>
    public byte[]? Data { get; init; }

    /// <summary>The node's signature; null when there is none.</summary>
    public byte[]? Signature { get; init; }

    /// <summary>
    /// The bytes under the signature: error and data. An error that is <c>=</c> and no more is left out, because Zero-OS compares wrongly.
    /// </summary>
    public byte[] ToSignedBytes() => [.. Encoding.UTF8.GetBytes(Error == "=" ? "" : Error), .. Data ?? []];

    /// <summary>The same with its node's signature.</summary>
    public ZeroOsResult Sign(KeyPair node) => this with { Signature = node.Sign(ToSignedBytes()).ToBytes() };

    /// <summary>Its JSON as Go writes it, without a newline behind it.</summary>
    public string Write() => GoJson.Encode(ZeroOsTypes.Result, ZeroOsTypes.Result.Make(
        ("type", Kind),
        ("id", Id),
        ("created", Created),
        ("state", State),
        ("error", Error),
        ("data", Data),
        ("signature", Signature)));
}
