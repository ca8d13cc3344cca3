using Provision.Machine.Linux.Doctor;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Linux.Storage;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Doctor;

/// <summary>What a pool is to lie on is looked at before it is made, and asked for nothing that it does not need.</summary>
public sealed class PoolSourceTests : FakeMachineSuite
{
    [Fact]
    public async Task A_file_that_does_not_fit_or_is_another_pools_is_found()
    {
        Is(CheckResult.Ok, "the first start takes them", await Machine.LookAsync("pool-file"));
        var large = Machine.Options();
        large = large with { Pools = [large.Pools[0] with { LoopFile = Machine.PoolFile with { Size = ByteSize.GiB(1 << 30) } }] };
        Is(CheckResult.Failed, "does not fit", await Machine.LookAsync("pool-file", options: large));
        Format(Machine.PoolFile.Path, "provision-default");
        Is(CheckResult.Ok, Machine.PoolFile.Path, await Machine.LookAsync("pool-file", options: large));
        Format(Machine.PoolFile.Path, "other");
        Is(CheckResult.Failed, "its label is other", await Machine.LookAsync("pool-file"));
        Is(CheckResult.Ok, "no pool is on a file", await Machine.LookAsync("pool-file", options: Machine.Options("/dev/any")));
    }

    [Fact]
    public async Task A_device_that_is_not_there_none_another_pools_or_in_use_is_found()
    {
        Is(CheckResult.Ok, "no pool is on devices", await Machine.LookAsync("pool-devices"));
        Is(CheckResult.Failed, "/dev/nope cannot be read", await LookAsync("/dev/nope"));
        Is(CheckResult.Failed, "is no block device", await LookAsync(Machine.Write("dev/file", "")));

        var device = Device("pool");
        Is(CheckResult.Ok, "the first start formats them", await LookAsync(device));
        Machine.Mount(("/mnt", "ext4", device));
        Is(CheckResult.Failed, "is mounted at /mnt", await LookAsync(device));
        Machine.Mount((Path.Combine(Machine.Root, "pools", "default"), "btrfs", device));
        Format(device, "provision-default");
        Is(CheckResult.Ok, "default on", await LookAsync(device));
        Is(CheckResult.Failed, "it is not btrfs", await LookAsync(device, Device("blank")));
        Format(device, "other");
        Is(CheckResult.Failed, "its label is other", await LookAsync(device));

        async Task<Finding> LookAsync(params IReadOnlyList<string> devices) =>
            await Machine.LookAsync("pool-devices", options: Machine.Options(devices));
    }

    [Theory]
    [InlineData("btrfs")]
    [InlineData("btrfs-quota")]
    [InlineData("idmapped-mounts")]
    public async Task What_formats_is_not_missed_by_a_pool_that_is_there(string check)
    {
        Machine.Remove($"programs/{Programs.MakeBtrfs}");
        Is(CheckResult.Failed, "not installed", await Machine.LookAsync(check));
        Format(Machine.PoolFile.Path, "provision-default");
        Is(CheckResult.Warning, "mkfs.btrfs is not installed", await Machine.LookAsync("mkfs-btrfs"));
        Is(CheckResult.Warning, "Not tried: mkfs.btrfs is not installed", await Machine.LookAsync(check));
    }

    [Fact]
    public async Task What_attaches_files_is_not_missed_by_a_pool_on_devices()
    {
        Machine.Remove($"programs/{Programs.LoopSetup}");
        var options = Machine.Options(Device("pool"));
        Is(CheckResult.Ok, "no pool is on a file", await Machine.LookAsync("loop-devices", options: options));
        Is(CheckResult.Warning, "Not tried: losetup", await Machine.LookAsync("btrfs", options: options));
    }

    [Fact]
    public async Task A_kernel_without_loop_devices_is_found()
    {
        Machine.Remove("dev/loop-control");
        Is(CheckResult.Failed, "makes no loop devices", await Machine.LookAsync("loop-devices"));
        Is(CheckResult.Failed, "makes no loop devices", await Machine.LookAsync("btrfs"));
        Assert.Equal([Ability.Volumes, Ability.Images], new Lacks(Machine.Here).Find(Machine.Options().Pools).Keys.Order());
        Assert.Empty(new Lacks(Machine.Here).Find(Machine.Options(Device("pool")).Pools));
    }

    [Fact]
    public void What_formats_is_missed_by_devices_that_hold_no_pool_yet_and_by_no_others()
    {
        Machine.Remove($"programs/{Programs.MakeBtrfs}");
        var device = Device("pool");
        Assert.Equal([Ability.Volumes, Ability.Images], Find(device));
        Format(device, "provision-default");
        Assert.Empty(Find(device));

        // Opening these says what is wrong with them.
        Assert.Empty(Find("/dev/nope"));
        Format(device, "other");
        Assert.Empty(Find(device));

        IEnumerable<Ability> Find(string path) => new Lacks(Machine.Here).Find(Machine.Options(path).Pools).Keys.Order();
    }

    private static void Is(CheckResult result, string found, Finding finding)
    {
        Assert.True(result == finding.Result, finding.ToString());
        Assert.Contains(found, finding.Found, StringComparison.Ordinal);
    }

    private string Device(string name)
    {
        using (var file = File.OpenHandle(Temporary.Of(name), FileMode.CreateNew, FileAccess.ReadWrite))
        {
            RandomAccess.SetLength(file, PoolOptions.LoopFileSizeMin.Bytes);
        }

        return Tool.Run("losetup", "--find", "--show", Temporary.Of(name));
    }

    private static void Format(string path, string label)
    {
        if (!File.Exists(path))
        {
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
            RandomAccess.SetLength(file, PoolOptions.LoopFileSizeMin.Bytes);
        }

        Tool.Run("mkfs.btrfs", "--quiet", "--force", "--label", label, path);
    }
}
