using Provision.Machine.Linux.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests;

public sealed class LinuxSizeTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void This_machine_has_something_to_lease_and_keeps_something()
    {
        var total = LinuxSize.ReadTotal(File.ReadLines("/proc/meminfo"));
        var size = LinuxSize.Read();

        Assert.InRange(size.Cores, 1, 4096);
        Assert.InRange(size.Memory.Bytes, 0, total.Bytes);
        Assert.InRange(size.Reserve.Bytes, Math.Min(512L << 20, size.Memory.Bytes), size.Memory.Bytes);
    }

    [Theory]
    [InlineData(16 * 1024, new int[0], 14 * 1024)]
    [InlineData(2 * 1024, new int[0], 1536)]
    [InlineData(400, new int[0], 0)]
    [InlineData(16 * 1024, new[] { 32 * 1024, 8 * 1024 }, 7 * 1024)]
    public void An_eighth_and_half_a_gibibyte_at_least_are_the_machines_own(int total, int[] limits, int expected)
    {
        var size = LinuxSize.Of(4, MiB(total), limits.Select(MiB));

        Assert.Equal((4, MiB(limits.Append(total).Min())), (size.Cores, size.Memory));
        Assert.Equal(MiB(expected), size.Memory - size.Reserve);
    }

    [Fact]
    public void What_is_left_to_lease_is_whole_mebibytes()
    {
        var size = LinuxSize.Of(1, new ByteSize(MiB(4096).Bytes + 12345), []);

        Assert.Equal(MiB(3584), size.Memory - size.Reserve);
    }

    [Fact]
    public void The_total_is_read_in_kibibytes() => Assert.Equal(
        new ByteSize(24683000L * 1024), LinuxSize.ReadTotal(["MemFree:  1 kB", "MemTotal:       24683000 kB"]));

    [Fact]
    public void Limits_of_our_group_and_those_above_count_in_both_versions()
    {
        Write("one/memory/a/b/memory.limit_in_bytes", "1000");
        Write("one/memory/a/memory.limit_in_bytes", "2000");
        Write("two/c/memory.max", "3000");
        Write("two/memory.max", "max");
        Mount[] mounts =
        [
            new(temporary.Of("one/cpu"), "cgroup", "x"),
            new(temporary.Of("one/memory"), "cgroup", "x"),
            new(temporary.Of("two"), "cgroup2", "x"),
        ];

        var limits = LinuxSize.ReadLimits(["4:memory:/a/b", "3:cpu,cpuacct:/a", "1:name=systemd:/a/b", "0::/c/hidden"], mounts);

        Assert.Equal([1000, 2000, 3000], limits.Select(limit => limit.Bytes));
    }

    private static ByteSize MiB(int count) => new((long)count << 20);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(temporary.Of(path))!);
        File.WriteAllText(temporary.Of(path), text);
    }
}
