using Provision.Machine.Conformance.Images;

namespace Provision.Machine.Conformance.Containers;

/// <summary>
/// What the containers of the suite run: scripts for busybox on a real machine, known by name to a simulated one.
/// <list type="bullet">
/// <item><c>run</c>: runs until it gets a TERM, then ends with 0.</item>
/// <item><c>stubborn</c>: ignores TERM.</item>
/// <item><c>farewell PATH</c>: like run, and writes 1 MiB to the file after the TERM, once <c>PATH.ready</c> is there.</item>
/// <item><c>until PATH</c>: ends with 0 once the file is there.</item>
/// <item><c>exit CODE</c>: ends with this code.</item>
/// <item><c>code</c>: ends with the code that the variable <c>CODE</c> says.</item>
/// <item><c>eat MIB</c>: its first process takes so much memory at least and four times so much at most, then ends with 0.</item>
/// <item><c>fill PATH MIB</c>: writes a file of this size; ends with 0, or with 1 when it could not.</item>
/// <item><c>ls PATH</c>: ends with 0 when there is such a file or folder, else with 1.</item>
/// <item><c>listen PORT</c>: like run, and greets everybody who connects to the TCP port of any of its addresses.</item>
/// <item><c>connect ADDRESS PORT SECONDS</c>: ends with 0 once it was greeted there, with 1 when it was not until then.</item>
/// <item><c>address ADDRESS</c>: ends with 0 when the container has this address, else with 1.</item>
/// <item><c>names ADDRESS</c>: ends with 0 when the container is told to ask this address for names, else with 1.</item>
/// </list>
/// </summary>
public static class TestPrograms
{
    /// <summary>Programs of busybox that the scripts use, and <c>ls</c>.</summary>
    public static IReadOnlyList<string> Applets { get; } =
        ["date", "dd", "echo", "grep", "head", "ip", "ls", "nc", "sh", "sleep", "timeout", "tr"];

    /// <summary>The text of each script, by its name in <c>/bin</c>.</summary>
    public static IReadOnlyDictionary<string, string> Scripts { get; } = new Dictionary<string, string>
    {
        ["run"] = Script("trap 'exit 0' TERM", Forever),
        ["stubborn"] = Script("trap '' TERM", Forever),
        ["farewell"] = Script("""trap 'fill "$1" 1; exit 0' TERM""", """: > "$1.ready" """, Forever),
        ["until"] = Script("""while [ ! -e "$1" ]; do sleep 0.02; done"""),
        ["exit"] = Script("""exit "$1" """),
        ["code"] = Script("""exit "$CODE" """),
        ["eat"] = Script("""eaten=$(head -c "$1"m /dev/zero | tr '\0' x)"""),
        ["listen"] = Script("trap 'exit 0' TERM", """nc -ll -p "$1" -e echo welcome & wait"""),
        ["connect"] = Script(
            "last=$(($(date +%s) + $3))",
            """until timeout 2 nc -w 1 "$1" "$2" < /dev/null | grep -q welcome; do""",
            """  [ "$(date +%s)" -lt "$last" ] || exit 1""",
            "  sleep 0.05",
            "done"),
        ["address"] = Script("""ip -o address | grep -qF " $1/" """),
        ["names"] = Script("""grep -qxF "nameserver $1" /etc/resolv.conf"""),
        ["fill"] = Script("""dd if=/dev/zero of="$1" bs=1048576 count="$2" conv=fsync || exit 1"""),
    };

    /// <summary>
    /// The image that holds them, with a user <c>tenant</c>, a file <c>file</c>, and the links <c>link</c> (to a folder), <c>dangling</c>,
    /// <c>outside</c> and <c>etc/resolv.conf</c> (to <c>file</c>).
    /// </summary>
    public static TestImage Image { get; } = new("programs")
    {
        HasBusybox = true,
        Users = ["root", "tenant"],
        Files = Scripts.ToDictionary(script => $"bin/{script.Key}", script => TestFile.Of(script.Value, executable: true))
            .Append(new("etc/passwd", TestFile.Of("root:x:0:0::/:/bin/sh\ntenant:x:1000:1000::/:/bin/sh\n")))
            .Append(new("etc/group", TestFile.Of("root:x:0:\ntenant:x:1000:\n")))
            .Append(new("file", TestFile.Of("a file\n")))
            .ToDictionary(),
        Links = new Dictionary<string, string>
        {
            ["link"] = "/bin",
            ["dangling"] = "/nowhere",
            ["outside"] = "../../../..",
            ["etc/resolv.conf"] = "/file",
        },
    };

    private const string Forever = "while :; do sleep 3600 & wait $!; done";

    private static string Script(params string[] lines) =>
        string.Join('\n', lines.Select(line => line.TrimEnd()).Prepend("#!/bin/sh")) + "\n";
}
