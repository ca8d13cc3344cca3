using System.Text.Json;

namespace Provision.EndToEnd;

/// <summary>Something wrong that a stranger orders as a container: what this node does not do, and what nobody can mean.</summary>
internal static class BadContainers
{
    private const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Volume = "\"volume_id\":\"1-1\"";

    /// <summary>By what is wrong.</summary>
    public static IReadOnlyDictionary<string, BadInput> All { get; } = new Dictionary<string, BadInput>
    {
        ["an interactive container"] = Wrong("interactive", "\"interactive\":true"),
        ["an address that is none"] = Wrong("network/ips/0", """ "network":{"network_id":"n","ips":["10.0.0"]} """),
        ["a network whose name is none"] = Wrong("network/network_id", """ "network":{"network_id":"../n"} """),
        ["a container with a public address"] = Wrong("network/public_ip6", """ "network":{"network_id":"n","public_ip6":true} """),
        ["a container with a store of flists"] = Wrong("flist_storage", """ "flist_storage":"zdb://hub.example.com" """),
        ["an unknown field of a container"] = Wrong("colour", "\"colour\":\"red\""),
        ["an unknown field of its capacity"] = Wrong("capacity/gpu", """ "capacity":{"gpu":1} """),
        ["an unknown field of a mount"] = Wrong("mounts/0/mode", $$""" "mounts":[{{{Volume}},"mountpoint":"/data","mode":"ro"}] """),
        ["no image"] = Image(""),
        ["an image without a digest"] = Image("local:busybox"),
        ["an image with a tag"] = Image("docker.io/library/busybox:latest"),
        ["an image with half a digest"] = Image($"local:busybox@{Digest[..^1]}"),
        ["an image with a digest in capitals"] = Image($"local:busybox@{Digest.ToUpperInvariant()}"),
        ["an image without a name"] = Image($"local:@{Digest}"),
        ["an image without a scheme"] = Image($"busybox@{Digest}"),
        ["an image of a scheme that nobody serves"] = Image($"ftp:host/busybox@{Digest}"),
        ["an image of a file"] = Image($"file:/etc/shadow@{Digest}"),
        ["an image with a blank"] = Image($"local:busy box@{Digest}"),
        ["an image with a long name"] = Image($"local:{new string('x', 5000)}@{Digest}"),
        ["an open quote"] = Wrong("entrypoint", "\"entrypoint\":\"sh -c 'exit\""),
        ["a program without a name"] = Wrong("entrypoint", "\"entrypoint\":\"'' x\""),
        ["a NUL in an argument"] = Wrong("entrypoint", """ "entrypoint":"sh \u0000" """),
        ["a variable without a name"] = Wrong("env/", """ "env":{"":"x"} """),
        ["a variable whose name is none"] = Wrong("env/A=B", """ "env":{"A=B":"x"} """),
        ["a variable that is no text"] = Wrong("env/A", """ "env":{"A":1} """),
        ["a NUL in a variable"] = Wrong("env/A", """ "env":{"A":"\u0000"} """),
        ["a secret that is not sealed"] = Wrong("secret_env/A", """ "secret_env":{"A":"my password"} """),
        ["a secret cut in a digit"] = Wrong("secret_env/A", """ "secret_env":{"A":"abc"} """),
        ["a secret that is a variable, too"] = Wrong("secret_env/A", """ "env":{"A":"x"},"secret_env":{"A":"00"} """),
        ["a mount of no volume"] = Wrong("mounts/0/volume_id", """ "mounts":[{"volume_id":"/etc","mountpoint":"/data"}] """),
        ["a mount without a volume"] = Wrong("mounts/0/volume_id", """ "mounts":[{"mountpoint":"/data"}] """),
        ["a mount without a place"] = Wrong("mounts/0/mountpoint", $$""" "mounts":[{{{Volume}}}] """),
        ["a mount at the root"] = Place("/"),
        ["a mount outside"] = Place("/../etc"),
        ["a mount in the kernel's folder"] = Place("/proc/sys"),
        ["a mount at nothing"] = Place(""),
        ["two mounts at one place"] = Wrong(
            "mounts/1/mountpoint", $$""" "mounts":[{{{Volume}},"mountpoint":"/data"},{{{Volume}},"mountpoint":"//data/."}] """),
        ["less than no cores"] = Wrong("capacity/cpu", """ "capacity":{"cpu":-1} """),
        ["half a core"] = Wrong("capacity/cpu", """ "capacity":{"cpu":0.5} """),
        ["more cores than any machine has"] = Wrong("capacity/cpu", """ "capacity":{"cpu":4096} """),
        ["too little memory for anything"] = Wrong("capacity/memory", """ "capacity":{"memory":1} """),
        ["more memory than any machine has"] = Wrong("capacity/memory", """ "capacity":{"memory":9223372036854775807} """),
        ["more disk than there are bytes"] = Wrong("capacity/disk", """ "capacity":{"disk":18446744073709551615} """),
        ["a list for a container"] = BadInput.Of("container", "", "[]"),
    };

    private static BadInput Image(string text) => BadInput.Of("container", "/flist", $$"""{"flist":{{JsonSerializer.Serialize(text)}}}""");

    private static BadInput Place(string path) =>
        Wrong("mounts/0/mountpoint", $$""" "mounts":[{{{Volume}},"mountpoint":{{JsonSerializer.Serialize(path)}}}] """);

    private static BadInput Wrong(string field, string members) =>
        BadInput.Of("container", $"/{field}", $$"""{"flist":"local:busybox@{{Digest}}",{{members}}}""");
}
