using Provision.Machine.Conformance;
using Provision.Machine.Linux.Storage;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Linux.Tests.Storage;

/// <summary>Opening and removing pools, from every state that a kill can leave.</summary>
public sealed class OpeningTests : IDisposable
{
    private readonly TemporaryFolder temporary = TemporaryFolder.OfRoot();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static VolumeName Name => new("ssd", Digest.Of("owner"u8));

    private string Root => temporary.Of("root");

    private string Loop => temporary.Of("ssd.btrfs");

    private string Target => Path.Combine(Root, "pools", "ssd");

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task A_pool_is_mounted_where_nobody_but_root_gets_with_options_that_disarm_it()
    {
        await OpenAsync();

        Assert.Equal("700", Tool.Run("stat", "--format", "%a", Root));
        var options = Tool.Run("findmnt", "--noheadings", "--output", "OPTIONS", Target).Split(',');
        Assert.Subset(options.ToHashSet(), new HashSet<string> { "nosuid", "nodev", "noatime", "subvolid=5" });
        Assert.DoesNotContain("discard=async", options);
    }

    [Fact]
    public async Task Nothing_is_left_after_removal_and_removing_again_is_nothing()
    {
        var storage = await OpenAsync();
        await storage.EnsureVolumeAsync(Name, new ByteSize(1 << 20), Ct);
        Assert.NotEmpty(Tool.TracesOf(temporary.Root));

        await RemoveAsync();
        await RemoveAsync();

        Assert.Empty(Tool.TracesOf(temporary.Root));
        Assert.Equal([Root], Directory.EnumerateFileSystemEntries(temporary.Root));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Root));
    }

    [Fact]
    public async Task A_half_made_file_is_made_anew()
    {
        await File.WriteAllBytesAsync(Loop + ".new", new byte[100], Ct);

        await ProveAsync(await OpenAsync());

        Assert.False(File.Exists(Loop + ".new"));
    }

    [Fact]
    public async Task A_file_that_is_formatted_and_not_attached_is_taken_up()
    {
        await MakeVolumeAsync();
        Tool.Run("umount", Target);
        Tool.Run("losetup", "--detach", Device());

        await ProveAsync(await OpenAsync());
    }

    [Fact]
    public async Task A_file_that_is_attached_and_not_mounted_is_taken_up()
    {
        await MakeVolumeAsync();
        Tool.Run("umount", Target);
        var device = Device();

        await ProveAsync(await OpenAsync());

        Assert.Equal(device, Device());
    }

    [Fact]
    public async Task A_pool_that_is_mounted_already_is_taken_up_and_not_mounted_twice()
    {
        await MakeVolumeAsync();

        await ProveAsync(await OpenAsync());

        Assert.Single(Tool.TracesOf(Target), line => line.Contains(" - btrfs ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pool_that_was_mounted_and_no_more_is_made_ready()
    {
        await OpenAsync();
        Directory.Delete(Path.Combine(Target, "volumes"));
        Tool.Run("btrfs", "quota", "disable", Target);

        var storage = await OpenAsync();
        await storage.EnsureVolumeAsync(Name, new ByteSize(16 << 20), Ct);

        Assert.Equal(new ByteSize(16 << 20), Assert.Single(await storage.ListVolumesAsync(Ct)).Limit);
    }

    [Fact]
    public async Task A_removal_that_was_cut_short_is_finished_by_the_next()
    {
        await MakeVolumeAsync();
        Tool.Run("umount", Target);

        await RemoveAsync();

        Assert.Empty(Tool.TracesOf(temporary.Root));
        Assert.False(File.Exists(Loop));
    }

    [Fact]
    public async Task A_file_too_large_for_the_disk_is_refused_and_leaves_nothing()
    {
        var fault = await Throws.FaultAsync(FaultCode.OutOfCapacity, () => OpenAsync(new ByteSize(1L << 50)));

        Assert.Contains("1 PiB", fault.What, StringComparison.Ordinal);
        Assert.NotNull(fault.Remedy);
        Assert.DoesNotContain(Directory.EnumerateFiles(temporary.Root), file => file.Contains("btrfs", StringComparison.Ordinal));
        Assert.Empty(Tool.TracesOf(temporary.Root));
    }

    [Fact]
    public async Task A_file_of_somebody_else_is_refused_and_not_touched()
    {
        await File.WriteAllTextAsync(Loop, "precious", Ct);

        await Throws.FaultAsync(FaultCode.Conflict, () => OpenAsync());

        Assert.Equal("precious", await File.ReadAllTextAsync(Loop, Ct));
    }

    [Fact]
    public async Task A_pool_of_another_name_is_refused()
    {
        await OpenAsync();
        await Throws.FaultAsync(FaultCode.Conflict, async () =>
            await LinuxStorage.OpenAsync(
                Root, [new PoolOptions("hdd", DiskType.Hdd) { LoopFile = new LoopFile(Loop, PoolOptions.LoopFileSizeMin) }], Ct));
    }

    [Fact]
    public async Task A_pool_that_another_instance_has_mounted_is_refused()
    {
        await OpenAsync();

        var fault = await Throws.FaultAsync(
            FaultCode.Conflict, async () => await LinuxStorage.OpenAsync(temporary.Of("other"), Options(), Ct));

        Assert.Contains(Target, fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_make_no_sense_are_refused_all_at_once()
    {
        PoolOptions options = new("a/b", DiskType.Ssd) { LoopFile = new LoopFile("relative", new ByteSize(1)), Devices = ["/dev/null"] };

        var fault = await Throws.FaultAsync(FaultCode.Invalid, async () => await LinuxStorage.OpenAsync(Root, [options], Ct));

        Assert.Equal(["/name", "", "/loop_file"], fault.Problems.Select(problem => problem.Pointer));
    }

    [Fact]
    public async Task Devices_become_a_pool_and_stay_one()
    {
        var devices = new[] { "one", "two" }.Select(name =>
        {
            Tool.Run("truncate", "--size", "256M", temporary.Of(name));
            return Tool.Run("losetup", "--find", "--show", temporary.Of(name));
        }).ToList();
        PoolOptions[] options = [new PoolOptions("ssd", DiskType.Ssd) { Devices = devices }];

        await (await LinuxStorage.OpenAsync(Root, options, Ct)).EnsureVolumeAsync(Name, new ByteSize(16 << 20), Ct);
        Tool.Run("umount", Target);
        await ProveAsync(await LinuxStorage.OpenAsync(Root, options, Ct));
        await LinuxStorage.RemoveAsync(Root, options, Ct);

        Assert.DoesNotContain(Tool.TracesOf(temporary.Root), trace => trace.Contains(" - btrfs ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pool_is_on_the_device_of_its_own_file_whatever_else_is_attached()
    {
        Tool.Run("truncate", "--size", "256M", temporary.Of("other"));
        var other = Tool.Run("losetup", "--find", "--show", temporary.Of("other"));
        await MakeVolumeAsync();
        var device = Device();
        Assert.NotEqual(other, device);
        Tool.Run("umount", Target);
        await ProveAsync(await OpenAsync());
        Assert.Equal(device, Device());
        await RemoveAsync();
    }

    [Theory]
    [InlineData(true, "holds something")]
    [InlineData(false, "is no block device")]
    public async Task What_is_not_a_blank_device_stays_as_it_is(bool isDevice, string what)
    {
        var file = temporary.Of("precious");
        Tool.Run("truncate", "--size", "256M", file);
        using (var precious = File.OpenWrite(file))
        {
            precious.Position = 3 << 20;
            precious.WriteByte(1);
        }

        var before = await File.ReadAllBytesAsync(file, Ct);
        var device = isDevice ? Tool.Run("losetup", "--find", "--show", file) : file;
        PoolOptions[] options = [new PoolOptions("ssd", DiskType.Ssd) { Devices = [device] }];

        var fault = await Throws.FaultAsync(FaultCode.Conflict, async () => await LinuxStorage.OpenAsync(Root, options, Ct));

        Assert.Contains(what, fault.What, StringComparison.Ordinal);
        Assert.Equal(Digest.Of(before), Digest.Of(await File.ReadAllBytesAsync(file, Ct)));
    }

    private IReadOnlyList<PoolOptions> Options(ByteSize? size = null) =>
        [new PoolOptions("ssd", DiskType.Ssd) { LoopFile = new LoopFile(Loop, size ?? PoolOptions.LoopFileSizeMin) }];

    private async Task<LinuxStorage> OpenAsync(ByteSize? size = null) => await LinuxStorage.OpenAsync(Root, Options(size), Ct);

    private async Task RemoveAsync() => await LinuxStorage.RemoveAsync(Root, Options(), Ct);

    private async Task MakeVolumeAsync() => await (await OpenAsync()).EnsureVolumeAsync(Name, new ByteSize(16 << 20), Ct);

    private static async Task ProveAsync(LinuxStorage storage)
    {
        await storage.EnsureVolumeAsync(Name, new ByteSize(16 << 20), Ct);
        Assert.Equal(new ByteSize(16 << 20), Assert.Single(await storage.ListVolumesAsync(Ct)).Limit);
    }

    private string Device() => Tool.Run("losetup", "--list", "--noheadings", "--output", "NAME", "--associated", Loop);
}
