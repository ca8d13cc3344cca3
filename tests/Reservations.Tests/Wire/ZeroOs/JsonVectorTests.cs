using System.Text;
using Provision.Reservations.Wire.ZeroOs;
using Xunit;

namespace Provision.Reservations.Tests.Wire.ZeroOs;

/// <summary>JSON as Go reads and writes it, with its words for what it refuses.</summary>
public sealed class JsonVectorTests
{
    internal static readonly Dictionary<string, GoType> Types = new(
        ZeroOsTypes.Kinds.Select(kind => KeyValuePair.Create(kind.Key, (GoType)kind.Value)))
    {
        ["reservation"] = ZeroOsTypes.Reservation,
        ["reservations"] = new GoList(ZeroOsTypes.Reservation),
        ["result"] = ZeroOsTypes.Result,
        ["counters"] = ZeroOsTypes.Counters,
        ["node"] = DirectoryTypes.Node,
        ["farm"] = DirectoryTypes.Farm,
        ["iface_info"] = DirectoryTypes.InterfaceInfo,
        ["pub_iface"] = DirectoryTypes.PublicInterface,
        ["ip"] = GoTypes.Ip,
        ["ipnet"] = GoTypes.IpNet,
        ["date"] = GoTypes.Date,
        ["duration"] = GoTypes.Duration,
        ["bytes"] = GoTypes.Bytes,
        ["time"] = GoTypes.Time,
        ["uint8"] = GoTypes.Unsigned8,
        ["string"] = GoTypes.Text,
    };

    // By what the name of the vector begins with.
    private static readonly (string Name, GoType Type)[] Encoded =
    [
        ("duration", GoTypes.Duration),
        ("time", GoTypes.Time),
        ("[]byte", GoTypes.Bytes),
        ("[]IP", new GoList(GoTypes.Ip)),
        ("IP", GoTypes.Ip),
        ("HardwareAddr", GoTypes.Bytes),
        ("types.IPNet", GoTypes.IpNet),
        ("schema.Date", GoTypes.Date),
        ("schema.IPRange", GoTypes.IpRange),
        ("reservation", ZeroOsTypes.Reservation),
        ("result", ZeroOsTypes.Result),
        ("container result", ZeroOsTypes.ContainerResult),
        ("container", ZeroOsTypes.Container),
        ("volume", ZeroOsTypes.Volume),
        ("zdb result", ZeroOsTypes.ZdbResult),
        ("zdb", ZeroOsTypes.Zdb),
        ("debug", ZeroOsTypes.Debug),
        ("kubernetes result", ZeroOsTypes.KubernetesResult),
        ("kubernetes", ZeroOsTypes.Kubernetes),
        ("network", ZeroOsTypes.Network),
        ("provision counters", ZeroOsTypes.Counters),
        ("node", DirectoryTypes.Node),
        ("farm", DirectoryTypes.Farm),
        ("iface info", DirectoryTypes.InterfaceInfo),
        ("public iface", DirectoryTypes.PublicInterface),
        ("directory node", DirectoryTypes.NetworkNode),
        ("capacity body", DirectoryTypes.Capacity),
        ("floats", new GoList(GoTypes.Float)),
    ];

    // What no text that Go reads becomes, made by hand.
    private static readonly Dictionary<string, object?> Made = new()
    {
        ["types.IPNet non-contiguous mask"] = "10.0.0.0/ff00ff00",
        ["reservation empty non-nil data"] = ZeroOsTypes.Reservation.Make(("data", Array.Empty<byte>())),
    };

    [Fact]
    public void Documents_are_written_as_Go_writes_them() => Vectors.Check("json_encode", vector =>
    {
        var (name, json) = (vector.Text("name"), vector.Text("json"));
        var type = Encoded.First(encoded => name.StartsWith(encoded.Name, StringComparison.Ordinal)).Type;
        var value = Made.TryGetValue(name, out var made) ? made : GoJson.Decode(type, Encoding.UTF8.GetBytes(json)).Require(name);
        Assert.Equal(json, GoJson.Encode(type, value));
    });

    [Fact]
    public void Documents_are_read_as_Go_reads_them() => Vectors.Check("json_decode", vector =>
    {
        var type = Types[vector.Text("go_type")];
        var input = vector.Maybe("input") is { } text ? Encoding.UTF8.GetBytes(text) : vector.Hex("input_hex");
        var (first, whole) = (GoJson.Decode(type, input), GoJson.Decode(type, input, whole: true));

        Assert.Equal(vector.Maybe("decoder_error"), first.Error);
        Assert.Equal(vector.Maybe("unmarshal_error"), whole.Error);
        Assert.Equal(first.Error is null, first.Problems.Count == 0);
        Assert.Equal(vector.Maybe("re_encoded"), first.Error is null ? GoJson.Encode(type, first.Value) : null);
    });
}
