using static Provision.Reservations.Wire.ZeroOs.GoTypes;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>Nodes and farms of Zero-OS v0.2.1's directory, field by field (spec 01 §7.3).</summary>
public static class DirectoryTypes
{
    private static readonly GoStruct Location = new(
        "directory.TfgridLocation1",
        new("city", Text),
        new("country", Text),
        new("continent", Text),
        new("latitude", Float),
        new("longitude", Float));

    private static readonly GoStruct Amount = new(
        "directory.TfgridNodeResourceAmount1", new("cru", Signed64), new("mru", Signed64), new("hru", Signed64), new("sru", Signed64));

    private static readonly GoStruct Proof = new(
        "directory.TfgridNodeProof1",
        new("created", Date),
        new("hardware_hash", Text),
        new("disk_hash", Text),
        new("hardware", Map),
        new("disks", Map),
        new("hypervisor", new GoList(Text)));

    private static readonly GoStruct Interface = new(
        "directory.TfgridNodeIface1", new("name", Text), new("addrs", new GoList(IpRange)), new("gateway", new GoList(Ip)));

    private static readonly GoStruct PublicConfig = new(
        "directory.TfgridNodePublicIface1",
        new("master", Text),
        new("type", Unsigned8),
        new("ipv4", IpRange),
        new("ipv6", IpRange),
        new("gw4", Ip),
        new("gw6", Ip),
        new("version", Signed64));

    private static readonly GoStruct Price = new(
        "directory.TfgridNodeResourcePrice1",
        new("currency", Unsigned8),
        new("cru", Float),
        new("mru", Float),
        new("hru", Float),
        new("sru", Float),
        new("nru", Float));

    /// <summary>A node.</summary>
    public static GoStruct Node { get; } = new(
        "directory.TfgridNode2",
        new("node_id", Text),
        new("node_id_v1", Text),
        new("farm_id", Unsigned64),
        new("os_version", Text),
        new("created", Date),
        new("updated", Date),
        new("uptime", Signed64),
        new("address", Text),
        new("location", Location),
        new("total_resources", Amount),
        new("used_resources", Amount),
        new("reserved_resources", Amount),
        new("proofs", new GoList(Proof)),
        new("ifaces", new GoList(Interface)),
        new("public_config", new GoPointer(PublicConfig), OmitEmpty: true),
        new("wg_ports", new GoList(UnsignedWord)),
        new("approved", Flag),
        new("public_key_hex", Text));

    /// <summary>A farm.</summary>
    public static GoStruct Farm { get; } = new(
        "directory.TfgridFarm1",
        new("id", Unsigned64),
        new("threebot_id", Unsigned64),
        new("iyo_organization", Text),
        new("name", Text),
        new("wallet_addresses", new GoList(Text)),
        new("location", Location),
        new("email", Text),
        new("resource_prices", new GoList(Price)));

    /// <summary>An interface of a node, as it tells of its own.</summary>
    public static GoStruct InterfaceInfo { get; } =
        new("types.IfaceInfo", new("name", Text), new("addrs", new GoList(IpNet)), new("gateway", new GoList(Ip)));

    /// <summary>A public interface, as a farmer sets it.</summary>
    public static GoStruct PublicInterface { get; } = new(
        "types.PubIface",
        new("master", Text),
        new("type", Text),
        new("vlan", Signed16),
        new("ipv4", IpNet),
        new("ipv6", IpNet),
        new("gw4", Ip),
        new("gw6", Ip),
        new("version", SignedWord));

    /// <summary>A node as tools of networks see it.</summary>
    public static GoStruct NetworkNode { get; } = new(
        "types.Node",
        new("node_id", Text),
        new("farm_id", Unsigned64),
        new("ifaces", new GoList(InterfaceInfo)),
        new("public_config", new GoPointer(PublicInterface)),
        new("exit_node", SignedWord),
        new("wg_ports", new GoList(UnsignedWord)));

    /// <summary>What a node says of its hardware.</summary>
    public static GoStruct Capacity { get; } = new(
        "bcdb.Capacity",
        new("capacity", new GoStruct(
            "capacity.Capacity",
            new("cru", Unsigned64, OmitEmpty: true),
            new("mru", Unsigned64, OmitEmpty: true),
            new("hru", Unsigned64, OmitEmpty: true),
            new("sru", Unsigned64, OmitEmpty: true))),
        new("dmi", new GoStruct(
            "dmi.DMI",
            new("tooling", new GoStruct("dmi.Tooling", new("aggregator", Text), new("decoder", Text))),
            new("sections", Values))),
        new("disks", new GoStruct(
            "capacity.Disks", new("tool", Text), new("environment", Text), new("aggregator", Text), new("devices", Values))),
        new("hypervisor", new GoList(Text), OmitEmpty: true));
}
