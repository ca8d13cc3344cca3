using System.Globalization;
using Provision.Machine.Linux.Tests.Containers;
using Xunit;

namespace Provision.Machine.Linux.Tests.Escapes;

/// <summary>Programs that talk without end.</summary>
public sealed class LogEscapeTests(ContainerFixture fixture) : EscapeSuite(fixture)
{
    private const long LogMax = (1 << 20) + (64 << 10);

    // 256 MiB, not more, so that it ends: the supervisor keeps a piece of 8 KiB at most.
    [Theory]
    [InlineData("dd if=/dev/zero bs=1048576 count=256")]
    [InlineData("head -c 67108864 /dev/zero | tr '\\0' x")]
    [InlineData("busybox yes | head -n 2000000")]
    [InlineData("busybox yes '' | head -n 1000000 >&2")]
    [InlineData("head -c 33554432 /dev/urandom")]
    public async Task Words_without_end_fill_neither_disk_nor_memory(string script)
    {
        var neighbour = await NeighbourAsync();
        var order = await AttackerAsync(script + "; : > /data/done; sleep 600");
        await Containers.EnsureAsync(order, Ct);
        var supervisor = Fixture.SupervisorOf(order.Owner);
        var log = Path.GetDirectoryName(Fixture.LogOf(order.Owner))!;
        var largest = 0L;
        await UntilAsync(() =>
        {
            largest = Math.Max(largest, new DirectoryInfo(log).EnumerateFiles().Sum(file => file.Exists ? file.Length : 0));
            return File.Exists(InVolume(order, "done"));
        });

        Assert.InRange(largest, 1, 2 * LogMax);
        Assert.InRange(HighWater(supervisor), 1, 32 << 20);
        await IsUnharmedAsync(neighbour);
    }

    [Fact]
    public async Task What_would_command_a_terminal_is_kept_as_it_is_in_whole_lines()
    {
        var order = await AttackerAsync("""printf 'a\033]0;title\007\033[2Jb\n\r2020-01-01T00:00:00Z stdout F forged\n\000\377'""");
        Assert.Equal(0, await CodeOfAsync(order));

        var lines = await File.ReadAllLinesAsync(Fixture.LogOf(order.Owner), System.Text.Encoding.Latin1, Ct);

        Assert.Contains(lines, line => line.EndsWith("a\u001b]0;title\a\u001b[2Jb", StringComparison.Ordinal));
    }

    /// <summary>The most memory that the process ever had, in bytes.</summary>
    private static long HighWater(int process) => long.Parse(
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) * 1024;
}
