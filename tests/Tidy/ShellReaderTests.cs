using Xunit;

namespace Provision.Tidy;

/// <summary>The reader of scripts is only as good as what it finds.</summary>
public sealed class ShellReaderTests
{
    [Theory]
    [InlineData("ip link | jq . && nft list; mkfs.btrfs x & runc ps", "ip jq nft mkfs.btrfs runc")]
    [InlineData("a=1 b=$(wg show) c=\"$(nft -j list \"$x\")\" skopeo copy", "wg nft skopeo")]
    [InlineData("if ! curl -s x; then qemu; else umoci; fi", "curl qemu umoci fi")]
    [InlineData("[[ -n $a && $b == 'x y' ]] || conmon", "conmon")]
    [InlineData("case $1 in\n  a | b) ip a ;;\n  *) wg ;;\nesac\nnft", "ip wg nft")]
    [InlineData("cat <<'END' | jq .\nnot a command\nEND\nip", "cat jq ip")]
    [InlineData("# ip\necho 'ip | wg' \"a; nft\" # runc", "echo")]
    [InlineData("build() { ip; }\nbuild x", "ip build")]
    [InlineData("sudo -n timeout -k 5 10 ip; xargs -r wg", "ip wg")]
    [InlineData("timeout -k 5 \"$limit\" \"$program\" \"$filter\" a=b --c \\\n  --d 2>&1 || code=$?", "")]
    [InlineData("x=(ip wg)\nfor p in ip wg; do nft; done", "nft done")]
    [InlineData("./test fast >log 2>&1 </dev/null\n\"$program\" ip\n2>/dev/null wg", "wg")]
    [InlineData("awk '{print $1}\n  {ip}' f | sort", "awk sort")]
    [InlineData("diff <(ip a) <(wg show)", "diff ip wg")]
    [InlineData("echo $((1 + 2)) \\\n  ip", "echo")]
    public void It_finds_what_a_script_starts(string script, string commands) =>
        Assert.Equal(commands, string.Join(' ', ShellReader.Read(script).Commands.Select(command => command.Name)));

    [Fact]
    public void It_finds_the_functions() =>
        Assert.Equal(["build", "clean"], ShellReader.Read("build() { ip; }\nfunction clean {\n wg\n}").Functions.Order());

    [Fact]
    public void It_tells_the_line() => Assert.Equal((3, "ip"), ShellReader.Read("echo\n\nip").Commands[^1]);
}
