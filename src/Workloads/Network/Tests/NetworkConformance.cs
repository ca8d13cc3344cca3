using Provision.Reservations;
using Provision.Workloads.Conformance;

namespace Provision.Workloads.Network.Tests;

/// <summary>A network passes what every kind passes.</summary>
public sealed class NetworkConformance : WorkloadConformance<NetworkModule>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> Samples =>
    [
        """{"name":"web"}""",
        """{"name":"web","ip_range":"192.168.0.0/16","net_resources":[{"subnet":"192.168.7.0/24"}]}""",
        $$"""
        {"name":"web","net_id":"","ip_range":"10.1.0.0/16","net_resources":[{"node_id":"{{new NodeId(Actors.NodeKey.PublicKey)}}",
        "subnet":"10.1.1.0/24","wg_private_key":"{{new string('0', 184)}}","wg_public_key":"{{Convert.ToBase64String(new byte[32])}}",
        "wg_listen_port":51820,"peers":[]}]}
        """,
        """{"name":"a.b_C-9","ip_range":"","net_resources":null}""",
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Data, string Pointer)> BadSamples =>
    [
        ("[]", ""),
        ("{}", "/name"),
        ("""{"name":""}""", "/name"),
        ("""{"name":"a b"}""", "/name"),
        ("""{"name":"ä"}""", "/name"),
        ("""{"name":"../a"}""", "/name"),
        ($$"""{"name":"{{new string('a', 65)}}"}""", "/name"),
        Range("10.1.0.0"),
        Range("10.1.0.0/7"),
        Range("10.1.1.0/25"),
        Range("10.1.1.0/16"),
        Range("10.1.0.0/+16"),
        Range("10.01.0.0/16"),
        Range("fd00::/16"),
        Range("127.0.0.0/16"),
        Range("169.254.0.0/16"),
        Range("224.1.0.0/16"),
        Range("250.1.0.0/16"),
        Range("0.0.0.0/8"),
        Range("100.64.0.0/16"),
        Range("100.0.0.0/8"),
        ("""{"name":"web","ip_range":7}""", "/ip_range"),
        ("""{"name":"web","net_resources":{}}""", "/net_resources"),
        ("""{"name":"web","net_resources":[7]}""", "/net_resources/0"),
        ("""{"name":"web","net_resources":[{},{}]}""", "/net_resources"),
        Resource("\"subnet\":\"10.1.1.0/23\"", "/subnet"),
        Resource("\"subnet\":\"10.1.1.0/30\"", "/subnet"),
        Resource("\"subnet\":\"10.1.1.4/24\"", "/subnet"),
        Resource("\"subnet\":\"10.2.1.0/24\"", "/subnet"),
        Resource("\"subnet\":\"127.0.0.0/24\"", "/subnet"),
        Resource("\"subnet\":\"100.127.0.0/24\"", "/subnet"),
        Resource("\"node_id\":\"nobody\"", "/node_id"),
        Resource("\"wg_private_key\":\"in clear\"", "/wg_private_key"),
        Resource("\"wg_public_key\":\"AAAA\"", "/wg_public_key"),
        Resource("\"wg_listen_port\":65536", "/wg_listen_port"),
        Resource("\"peers\":[{\"subnet\":\"10.1.2.0/24\"}]", "/peers"),
        Resource("\"mtu\":1", "/mtu"),
    ];

    private static (string Data, string Pointer) Range(string range) => ($$"""{"name":"web","ip_range":"{{range}}"}""", "/ip_range");

    private static (string Data, string Pointer) Resource(string members, string pointer) =>
        ($$$"""{"name":"web","ip_range":"10.1.0.0/16","net_resources":[{ {{{members}}} }]}""", $"/net_resources/0{pointer}");
}
