using Provision.Workloads.Conformance;

namespace Provision.Workloads.Container.Tests;

/// <summary>A container passes what every kind passes.</summary>
public sealed class ContainerConformance : WorkloadConformance<ContainerModule>
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> Samples =>
    [
        $$"""{"flist":"{{SimulatedWorld.Image}}","entrypoint":"sleep 3600"}""",
        $$"""
        {"flist":"{{SimulatedWorld.Image}}","entrypoint":"sleep 3600","env":{"A":"b"},"secret_env":{},"mounts":[],"interactive":false,
        "network":null,"flist_storage":"","capacity":{"cpu":2,"memory":64,"disk":32} }
        """,
        Joined("{\"network_id\":\"web\",\"ips\":[\"10.1.1.9\",\"10.1.1.5\"],\"public_ip6\":false}"),
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Kind, string Data)> Below => [("network", """{"name":"web"}""")];

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Data, string Pointer)> BadSamples =>
    [
        ("[]", ""),
        ("null", ""),
        ("{}", "/flist"),
        Bad("\"flist\":7", "/flist"),
        Bad("\"flist\":\"https://hub.grid.tf/a/b.flist\"", "/flist"),
        Bad("\"flist\":\"local:a@sha256:00\"", "/flist"),
        Bad($"\"flist\":\"ftp://a/b@sha256:{SimulatedWorld.Image.Digest}\"", "/flist"),
        WithImage("\"interactive\":true", "/interactive"),
        WithImage("\"interactive\":\"no\"", "/interactive"),
        WithImage("\"network\":{\"network_id\":\"n\",\"ips\":[\"10.0.0.2\"],\"public_ip6\":true}", "/network/public_ip6"),
        WithImage("\"network\":{}", "/network/network_id"),
        WithImage("\"network\":{\"network_id\":\"\"}", "/network/network_id"),
        WithImage("\"network\":{\"network_id\":\"a/b\"}", "/network/network_id"),
        WithImage("\"network\":{\"network_id\":\"n\",\"mtu\":1}", "/network/mtu"),
        WithImage("\"network\":\"n\"", "/network"),
        WithIps("7", ""),
        WithIps("[7]", "/0"),
        WithIps("[\"\\ud800\"]", "/0"),
        WithIps("[\"10.0.0.2\",\"10.0.0\"]", "/1"),
        WithIps("[\"10.0.0.02\"]", "/0"),
        WithIps("[\"0x0a000002\"]", "/0"),
        WithIps("[\"10.0.0.2/24\"]", "/0"),
        WithIps("[\"fd00::2\"]", "/0"),
        WithIps("[\"10.0.0.2\",\"10.0.0.2\"]", "/1"),
        WithIps($"[{string.Join(',', Enumerable.Range(2, 9).Select(last => $"\"10.0.0.{last}\""))}]", ""),
        WithImage("\"flist_storage\":\"zdb://hub\"", "/flist_storage"),
        WithImage("\"env\":[]", "/env"),
        WithImage("\"env\":{\"A\":1}", "/env/A"),
        WithImage("\"env\":{\"\":\"a\"}", "/env/"),
        WithImage("\"env\":{\"A=B\":\"a\"}", "/env/A=B"),
        WithImage("\"env\":{\"1A\":\"a\"}", "/env/1A"),
        WithImage("\"env\":{\"A\":\"\\u0000\"}", "/env/A"),
        WithImage("\"secret_env\":{\"A\":\"in clear\"}", "/secret_env/A"),
        WithImage("\"secret_env\":{\"A\":\"00\"}", "/secret_env/A"),
        WithImage("\"env\":{\"A\":\"b\"},\"secret_env\":{\"A\":\"00\"}", "/secret_env/A"),
        WithImage("\"entrypoint\":\"sh -c 'open\"", "/entrypoint"),
        WithImage("\"entrypoint\":\"   \"", "/entrypoint"),
        WithImage("\"entrypoint\":\"'' a\"", "/entrypoint"),
        WithImage("\"entrypoint\":[\"sh\"]", "/entrypoint"),
        WithImage("\"mounts\":{}", "/mounts"),
        WithImage("\"mounts\":[1]", "/mounts/0"),
        WithImage("\"mounts\":[{\"volume_id\":\"1-1\"}]", "/mounts/0/mountpoint"),
        WithImage("\"mounts\":[{\"mountpoint\":\"/a\"}]", "/mounts/0/volume_id"),
        WithImage("\"mounts\":[{\"volume_id\":\"vol\",\"mountpoint\":\"/a\"}]", "/mounts/0/volume_id"),
        WithImage("\"mounts\":[{\"volume_id\":\"1-1\",\"mountpoint\":\"/a\",\"ro\":true}]", "/mounts/0/ro"),
        WithImage("\"mounts\":[{\"volume_id\":\"1-1\",\"mountpoint\":\"/\"}]", "/mounts/0/mountpoint"),
        WithImage("\"mounts\":[{\"volume_id\":\"1-1\",\"mountpoint\":\"/a/../../etc\"}]", "/mounts/0/mountpoint"),
        WithImage("\"mounts\":[{\"volume_id\":\"1-1\",\"mountpoint\":\"/proc/sys\"}]", "/mounts/0/mountpoint"),
        WithImage("\"mounts\":[{\"volume_id\":\"1-1\",\"mountpoint\":\"//dev/./shm\"}]", "/mounts/0/mountpoint"),
        WithImage("\"mounts\":[{\"volume_id\":\"1-1\",\"mountpoint\":\"/a\\u0000b\"}]", "/mounts/0/mountpoint"),
        WithImage(TwoMounts("/a", "a/"), "/mounts/1/mountpoint"),
        WithImage(TwoMounts("/a/b", "/a"), "/mounts/1/mountpoint"),
        WithImage(TwoMounts("/a", "/a/b"), "/mounts/1/mountpoint"),
        WithImage("\"capacity\":7", "/capacity"),
        WithImage("\"capacity\":{\"cpu\":-1}", "/capacity/cpu"),
        WithImage("\"capacity\":{\"cpu\":1.5}", "/capacity/cpu"),
        WithImage("\"capacity\":{\"memory\":15}", "/capacity/memory"),
        WithImage("\"capacity\":{\"memory\":18446744073709551615}", "/capacity/memory"),
        WithImage("\"capacity\":{\"disk\":15}", "/capacity/disk"),
        WithImage("\"capacity\":{\"gpu\":1}", "/capacity/gpu"),
    ];

    private static string Joined(string network) =>
        $$"""{"flist":"{{SimulatedWorld.Image}}","entrypoint":"sleep 3600","network":{{network}} }""";

    private static string TwoMounts(string one, string two) =>
        $$"""
        "mounts":[{"volume_id":"1-1","mountpoint":"{{one}}"},{"volume_id":"2-1","mountpoint":"{{two}}"}]
        """;

    private static (string Data, string Pointer) WithIps(string ips, string pointer) =>
        WithImage($"\"network\":{{\"network_id\":\"n\",\"ips\":{ips}}}", $"/network/ips{pointer}");

    private static (string Data, string Pointer) Bad(string members, string pointer) => ($"{{{members}}}", pointer);

    private static (string Data, string Pointer) WithImage(string members, string pointer) =>
        ($"{{\"flist\":\"{SimulatedWorld.Image}\",{members}}}", pointer);
}
