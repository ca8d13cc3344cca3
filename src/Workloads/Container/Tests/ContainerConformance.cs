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
    ];

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
        WithImage("\"network\":{\"network_id\":\"n\",\"ips\":[\"10.0.0.2\"],\"public_ip6\":true}", "/network"),
        WithImage("\"network\":{\"network_id\":\"n\",\"ips\":[\"10.0.0.2\"],\"public_ip6\":true}", "/network/public_ip6"),
        WithImage("\"network\":{}", "/network"),
        WithImage("\"network\":\"n\"", "/network"),
        WithImage("\"flist_storage\":\"zdb://hub\"", "/flist_storage"),
        WithImage("\"env\":[]", "/env"),
        WithImage("\"env\":{\"A\":1}", "/env/A"),
        WithImage("\"env\":{\"\":\"a\"}", "/env/"),
        WithImage("\"env\":{\"A=B\":\"a\"}", "/env/A=B"),
        WithImage("\"env\":{\"1A\":\"a\"}", "/env/1A"),
        WithImage("\"env\":{\"A\":\"\\u0000\"}", "/env/A"),
        WithImage("\"secret_env\":{\"A\":\"in clear\"}", "/secret_env/A"),
        WithImage("\"secret_env\":{\"A\":\"\"}", "/secret_env/A"),
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
        WithImage("\"mounts\":[{\"volume_id\":\"1-1\",\"mountpoint\":\"/a\"},{\"volume_id\":\"2-1\",\"mountpoint\":\"a/\"}]", "/mounts/1/mountpoint"),
        WithImage("\"capacity\":7", "/capacity"),
        WithImage("\"capacity\":{\"cpu\":-1}", "/capacity/cpu"),
        WithImage("\"capacity\":{\"cpu\":1.5}", "/capacity/cpu"),
        WithImage("\"capacity\":{\"memory\":15}", "/capacity/memory"),
        WithImage("\"capacity\":{\"memory\":18446744073709551615}", "/capacity/memory"),
        WithImage("\"capacity\":{\"disk\":15}", "/capacity/disk"),
        WithImage("\"capacity\":{\"gpu\":1}", "/capacity/gpu"),
    ];

    private static (string Data, string Pointer) Bad(string members, string pointer) => ($"{{{members}}}", pointer);

    private static (string Data, string Pointer) WithImage(string members, string pointer) =>
        ($"{{\"flist\":\"{SimulatedWorld.Image}\",{members}}}", pointer);
}
