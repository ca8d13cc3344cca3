using static Provision.Reservations.Wire.ZeroOs.GoTypes;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>The documents of Zero-OS v0.2.1, field by field in the order in which they are written (spec 01 §4, §5, §7.3).</summary>
public static class ZeroOsTypes
{
    /// <summary>A reservation (pkg/provision/reservation.go).</summary>
    public static GoStruct Reservation { get; } = new(
        "provision.Reservation",
        new("id", Text),
        new("node_id", Text),
        new("user_id", Text),
        new("type", Text),
        new("data", Raw, OmitEmpty: true),
        new("created", Time),
        new("duration", Duration),
        new("signature", Bytes, OmitEmpty: true),
        new("to_delete", Flag));

    /// <summary>A result.</summary>
    public static GoStruct Result { get; } = new(
        "provision.Result",
        new("type", Text),
        new("id", Text),
        new("created", Time),
        new("state", Text),
        new("error", Text),
        new("data", Raw),
        new("signature", Bytes));

    /// <summary>The <c>data</c> of a volume.</summary>
    public static GoStruct Volume { get; } = new("provision.Volume", new("size", Unsigned64), new("type", Text));

    /// <summary>The <c>data</c> of a 0-db namespace.</summary>
    public static GoStruct Zdb { get; } = new(
        "provision.ZDB", new("size", Unsigned64), new("mode", Text), new("password", Text), new("disk_type", Text), new("public", Flag));

    /// <summary>The <c>data</c> of a log forwarder.</summary>
    public static GoStruct Debug { get; } = new("provision.Debug", new("host", Text), new("port", SignedWord), new("channel", Text));

    /// <summary>The <c>data</c> of a container.</summary>
    public static GoStruct Container { get; } = new(
        "provision.Container",
        new("flist", Text),
        new("flist_storage", Text),
        new("env", new GoMap(Text)),
        new("secret_env", new GoMap(Text)),
        new("entrypoint", Text),
        new("interactive", Flag),
        new("mounts", new GoList(new GoStruct("provision.Mount", new("volume_id", Text), new("mountpoint", Text)))),
        new("network", new GoStruct("provision.Network", new("network_id", Text), new("ips", new GoList(Ip)), new("public_ip6", Flag))),
        new("capacity", new GoStruct("provision.ContainerCapacity", new("cpu", UnsignedWord), new("memory", Unsigned64))));

    /// <summary>The <c>data</c> of a k3s machine.</summary>
    public static GoStruct Kubernetes { get; } = new(
        "provision.Kubernetes",
        new("size", Unsigned8),
        new("network_id", Text),
        new("ip", Ip),
        new("cluster_secret", Text),
        new("master_ips", new GoList(Ip)),
        new("ssh_keys", new GoList(Text)));

    /// <summary>The <c>data</c> of a network (pkg/network.go): the parts of all its nodes.</summary>
    public static GoStruct Network { get; } = new(
        "pkg.Network",
        new("name", Text),
        new("net_id", Text),
        new("ip_range", IpNet),
        new("net_resources", new GoList(new GoStruct(
            "pkg.NetResource",
            new("node_id", Text),
            new("subnet", IpNet),
            new("wg_private_key", Text),
            new("wg_public_key", Text),
            new("wg_listen_port", Unsigned16),
            new("peers", new GoList(new GoStruct(
                "pkg.Peer",
                new("subnet", IpNet),
                new("wg_public_key", Text),
                new("allowed_ips", new GoList(IpNet)),
                new("endpoint", Text))))))));

    /// <summary>The <c>data</c> of each kind.</summary>
    public static IReadOnlyDictionary<string, GoStruct> Kinds { get; } = new Dictionary<string, GoStruct>
    {
        ["container"] = Container,
        ["volume"] = Volume,
        ["network"] = Network,
        ["zdb"] = Zdb,
        ["debug"] = Debug,
        ["kubernetes"] = Kubernetes,
    };

    /// <summary>What a 0-db namespace is answered with; its keys are Go's names.</summary>
    public static GoStruct ZdbResult { get; } =
        new("provision.ZDBResult", new("Namespace", Text), new("IP", Text), new("Port", UnsignedWord));

    /// <summary>What a container is answered with.</summary>
    public static GoStruct ContainerResult { get; } =
        new("provision.ContainerResult", new("id", Text), new("ipv6", Text), new("ipv4", Text));

    /// <summary>What a k3s machine is answered with.</summary>
    public static GoStruct KubernetesResult { get; } = new("provision.KubernetesResult", new("id", Text), new("ip", Text));

    /// <summary>How many workloads of each kind a node has. One key has a capital letter.</summary>
    public static GoStruct Counters { get; } = new(
        "pkg.ProvisionCounters",
        new("container", Signed64),
        new("Volume", Signed64),
        new("network", Signed64),
        new("zdb", Signed64),
        new("vm", Signed64),
        new("debug", Signed64));

    /// <summary>What of a node's capacity is taken: the body of a PUT of used_resources.</summary>
    public static GoStruct UsedResources { get; } = new(
        "directory.ResourceAmount",
        new("sru", Signed64, OmitEmpty: true),
        new("hru", Signed64, OmitEmpty: true),
        new("mru", Signed64, OmitEmpty: true),
        new("cru", Signed64, OmitEmpty: true));
}
