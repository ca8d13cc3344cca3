using System.Diagnostics;
using System.Text;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Tests.Containers;
using Provision.Reservations;
using Xunit;

namespace Provision.Machine.Linux.Tests.Escapes;

/// <summary>Programs that want more of the disk than they leased, or leave behind what is hard to take away.</summary>
public sealed class DiskEscapeTests(ContainerFixture fixture) : EscapeSuite(fixture)
{
    private const long NoQuota = -122; // EDQUOT
    private const long NoSpace = -28; // ENOSPC
    private const int Pipe = 0x1180; // S_IFIFO, mode 0600; inode(7), here and below
    private const int Socket = 0xc180;
    private const int Plain = 0x8180;

    // What btrfs may take beyond a limit while what was written is on its way.
    private static readonly ByteSize Little = MiB(2);

    // linux/btrfs.h and linux/fs.h
    private static readonly Dictionary<string, long> Requests = new()
    {
        ["subvolume"] = 0x5000940e, ["subvolume, second form"] = 0x50009418, ["snapshot"] = 0x50009401,
        ["snapshot, second form"] = 0x50009417, ["destroy"] = 0x5000940f, ["destroy, second form"] = 0x5000943f,
        ["switch quotas"] = 0xc0109428, ["assign a quota group"] = 0x40109429,
        ["make a quota group"] = 0x4010942a, ["limit a quota group"] = 0x8030942b, ["rescan quotas"] = 0x4040942c,
        ["flags of a subvolume"] = 0x4008941a, ["default subvolume"] = 0x40089413, ["search a tree"] = 0xd0009411,
        ["search a tree, second form"] = 0xc0709411, ["look an inode up"] = 0xd0009412, ["look an address up"] = 0xc0389424,
        ["sync"] = 0x9408, ["start a sync"] = 0x80089418, ["defragment"] = 0x50009402, ["defragment a range"] = 0x40309410,
        ["resize"] = 0x50009403, ["balance"] = 0xc4009420, ["scrub"] = 0xc400941b, ["send"] = 0x40489426, ["write encoded"] = 0x40809440,
        ["project id"] = 0x401c5820, ["freeze"] = 0xc0045877, ["thaw"] = 0xc0045878, ["trim"] = 0xc0185879, ["version"] = 0x40087602,
        ["key of encryption"] = 0xc0506617, ["verity"] = 0x40806685,
    };

    [Theory]
    [InlineData("dd if=/dev/zero of=$1/file bs=1048576 count=64")]
    [InlineData("busybox fallocate -l 67108864 $1/file")]
    [InlineData("busybox truncate -s 1099511627776 $1/file && dd if=/dev/zero of=$1/file bs=4096 count=20000 seek=1000000 conv=notrunc")]
    [InlineData(
        "busybox mkdir $1/parts; busybox split -b 64 -a 4 /bin/busybox $1/parts/"
        + " && busybox cp -r $1/parts $1/more && busybox cp -r $1/parts $1/most")]
    [InlineData("i=0; while [ $i -lt 40 ]; do busybox cp /bin/busybox $1/$i || exit 1; i=$((i + 1)); done")]
    [InlineData(
        "busybox sh -c 'exec 3> $1/open; busybox rm $1/open; dd if=/dev/zero bs=1048576 count=64 >&3; r=$?;"
        + " dd if=/dev/zero of=$1/file bs=1048576 count=64; exit $r' sh $1")]
    public async Task Nobody_writes_beyond_a_limit(string script)
    {
        var neighbour = await NeighbourAsync();
        var order = await AttackerAsync(
            $"set -- /data; ({script}); first=$?; set -- /; ({script}); second=$?; [ $first -ne 0 ] && [ $second -ne 0 ]");
        order = order with { Memory = MiB(128) };

        Assert.Equal(0, await CodeOfAsync(order));

        await AreWithinLimitsAsync();
        await IsUnharmedAsync(neighbour);
    }

    [Fact]
    public async Task Attributes_of_files_count()
    {
        const int many = 20_000;
        var program = new SyscallProgram();
        var name = Table(program, "user.{0:d6}", many, out var size);
        program.Call(Calls.Open, program.Text("/data/file"), 0x42, 0x1b6);
        program.Repeat(many, () =>
        {
            program.Call(Calls.SetAttribute, program.Text("/data/file"), name.Content, program.Room(3000), 3000, 0);
            program.Add(name, size);
        });

        var order = await AttackerAsync(
            "/data/program > /dev/shm/results; busybox rm /data/file; busybox cp /dev/shm/results /data/results");
        Put(order, "program", program);
        Assert.Equal(0, await CodeOfAsync(order));

        var results = Results(order);
        Assert.InRange(results[1], 1, many - 1);
        Assert.True(results[2] is NoQuota or NoSpace, $"{results[2]}");
        await AreWithinLimitsAsync();
    }

    [Fact]
    public async Task Requests_that_make_or_change_subvolumes_and_quotas_are_refused()
    {
        var program = new SyscallProgram();
        var names = new List<string>();
        var folder = program.Call(Calls.Open, program.Text("/data"), 0x10000, 0);
        var argument = program.Bytes([.. new byte[56], .. Encoding.ASCII.GetBytes("made"), .. new byte[4096]]);
        foreach (var (name, request) in Requests)
        {
            // The kernel looks at the lower half alone.
            foreach (var upper in new[] { 0, 1L << 32, -1L << 32 })
            {
                program.Call(Calls.Control, folder, request | upper, argument);
                names.Add($"{name} {upper:x}");
            }
        }

        var order = await AttackerAsync(program);
        Assert.Equal(0, await CodeOfAsync(order));

        Assert.Equal(names.Count + 1, Results(order).Count);
        AllHold(names.Zip(Results(order).Skip(1)), call => call.Second == NotPermitted);
        Assert.Equal(2, (await Storage.ListVolumesAsync(Ct)).Count);
        Assert.DoesNotContain("made", Tool.Run("btrfs", "subvolume", "list", Fixture.PathOf(order.Root)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_several_roots_share_by_way_of_a_volume_does_not_escape_their_limits()
    {
        // A root is limited in what it does not share: two that share all with each other would hold as much as they like.
        var program = new SyscallProgram();
        program.Call(
            Calls.CopyRange,
            program.Call(Calls.Open, program.Text("/own"), 0, 0),
            0,
            program.Call(Calls.Open, program.Text("/data/copy"), 0x41, 0x1b6),
            0,
            8 << 20,
            0);
        var (first, second) = (await AttackerAsync("exit 0", "first"), await AttackerAsync("exit 0", "second"));
        second = second with { Mounts = first.Mounts };
        Put(first, "share", program);
        for (var i = 0; i < 4; i++)
        {
            await OwnAsync(first, $"""
                dd if=/dev/urandom of=/own bs=1048576 count=8 && busybox cp --reflink=always /own /data/copy || /data/share || exit 1
                busybox mv /own /own.{i}
                """);
            await OwnAsync(second, $"busybox cp --reflink=always /data/copy /own.{i}; busybox rm /data/copy");
        }

        Tool.Run("btrfs", "filesystem", "sync", Fixture.PathOf(first.Root));
        Assert.InRange(Held(first) + Held(second), 0, 2 * (16 << 20));
    }

    [Fact]
    public async Task Nothing_makes_a_file_that_cannot_be_removed()
    {
        const long setFlags = 0x40086602;
        var program = new SyscallProgram();
        var file = program.Call(Calls.Open, program.Text("/data/file"), 0x42, 0x1b6);
        program.Call(Calls.Control, file, setFlags, program.Bytes([0x10, 0, 0, 0])); // FS_IMMUTABLE_FL
        program.Call(Calls.Control, file, setFlags, program.Bytes([0x20, 0, 0, 0])); // FS_APPEND_FL
        program.Call(Calls.SetAttribute, program.Text("/data/file"), program.Text("trusted.name"), program.Bytes([1]), 1, 0);
        program.Call(Calls.SetAttribute, program.Text("/data/file"), program.Text("security.name"), program.Bytes([1]), 1, 0);

        Assert.Equal([3, NotPermitted, NotPermitted, NotPermitted, NotPermitted], await ResultsAsync(program));
        await GoesAsync();
    }

    [Fact]
    public async Task A_tree_that_nobody_can_walk_is_removed_at_once()
    {
        var program = new SyscallProgram();
        var name = program.Text(new string('d', 255));
        program.Call(Calls.ChangeFolder, program.Text("/data"));
        program.Repeat(10_000, () =>
        {
            program.Call(Calls.MakeFolder, name, 0x1c0);
            program.Call(Calls.ChangeFolder, name);
        });
        program.Call(Calls.ChangeFolder, program.Text("/"));
        program.Repeat(4000, () =>
        {
            program.Call(Calls.MakeFolder, name, 0);
            program.Call(Calls.ChangeFolder, name);
        });

        var results = await ResultsAsync(program);

        Assert.Equal([0, 10_000, 0, 0, 4000, 0], results);
        await GoesAsync();
    }

    [Fact]
    public async Task Very_many_files_of_every_kind_are_removed_at_once()
    {
        // A hundred thousand: more would only meet the limit.
        const int many = 100_000;
        var program = new SyscallProgram();
        foreach (var (folder, kind) in new[] { ("/data", Plain), ("/", Pipe), ("/bin", Socket) })
        {
            var name = Table(program, "{0:d7}", many, out var size);
            program.Call(Calls.ChangeFolder, program.Text(folder));
            program.Repeat(many, () =>
            {
                program.Call(Calls.MakeNode, name.Content, kind, 0);
                program.Add(name, size);
            });
        }

        var order = await AttackerAsync("exit 0");
        await File.WriteAllBytesAsync(InRoot(order, "program"), program.ToFile(), Ct);
        File.SetUnixFileMode(InRoot(order, "program"), (UnixFileMode)0x1ed);
        Assert.SkipUnless(SyscallProgram.CanRun, "the attacking program is for x86-64");
        await File.WriteAllTextAsync(InVolume(order, "results"), "", Ct);
        await File.WriteAllTextAsync(
            InVolume(order, "attack"),
            "/program > /dev/shm/results; busybox rm /data/0000000; busybox cp /dev/shm/results /data/results",
            Ct);

        await RunAsync(order);

        Assert.Equal(9, Results(order).Count);
        Assert.True(Results(order)[1] > 20_000, $"{Results(order)[1]}");
        await AreWithinLimitsAsync();
        await GoesAsync();
    }

    [Fact]
    public async Task Files_of_a_volume_belong_to_nobody_and_help_nobody_on_the_machine()
    {
        const string script = """
            cd /data; : > last; busybox chown 65535:65535 last; : > user; busybox chown 1000:1001 user; busybox chown 65536:0 user && exit 1
            busybox cp /bin/busybox busybox.root; busybox chmod 6755 busybox.root; : > own
            """;
        var order = await AttackerAsync(script);
        Assert.Equal(0, await CodeOfAsync(order));

        Assert.Equal(
            ["65535 65535", "1000 1001", "0 0", "0 0"],
            new[] { "last", "user", "own", "busybox.root" }.Select(name => Tool.Run("stat", "-c", "%u %g", InVolume(order, name))));
        var (code, said) = Tool.Try(
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", InVolume(order, "busybox.root") + " id -u");
        Assert.True(code != 0 && said.Contains("ermission denied", StringComparison.Ordinal), said);
        var options = Tool.Run("findmnt", "--noheadings", "--output", "OPTIONS", "--target", InVolume(order, "")).Split(',');
        Assert.Subset(options.ToHashSet(), new HashSet<string> { "nosuid", "nodev" });
    }

    /// <summary>Where the address of the first of many names is; each is further on by the size.</summary>
    private static Argument Table(SyscallProgram program, string format, int count, out int size)
    {
        var names = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            names.Append(string.Format(null, format, i)).Append('\0');
        }

        size = names.Length / count;
        return program.Bytes(BitConverter.GetBytes(program.Bytes(Encoding.ASCII.GetBytes(names.ToString())).Value));
    }

    private async Task OwnAsync(ContainerOrder order, string script)
    {
        await File.WriteAllTextAsync(InVolume(order, "attack"), script + "\n", Ct);
        await RunAsync(order);
    }

    /// <summary>What the files named own take, without the image.</summary>
    private long Held(ContainerOrder order) =>
        Directory.EnumerateFiles(Fixture.PathOf(order.Root), "own*").Sum(file => new FileInfo(file).Length);

    private async Task AreWithinLimitsAsync()
    {
        Tool.Run("btrfs", "filesystem", "sync", Path.Combine(Fixture.Root, "pools", PoolName));
        var volumes = await Storage.ListVolumesAsync(Ct);
        AllHold(volumes, volume => volume.Used.Bytes <= volume.Limit!.Value.Bytes + Little.Bytes);
    }

    /// <summary>Everything that the test made goes soon.</summary>
    private async Task GoesAsync()
    {
        var watch = Stopwatch.StartNew();
        await RemoveAllAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Empty(await Storage.ListVolumesAsync(Ct));
    }
}
