using System.Net;
using System.Net.Sockets;
using Provision.Machine.Conformance;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Tests.Containers;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Linux.Tests.Escapes;

/// <summary>Programs that look for files, ports and queues of others.</summary>
public sealed class NeighbourEscapeTests(ContainerFixture fixture) : EscapeSuite(fixture)
{
    [Fact]
    public async Task No_path_leads_to_files_of_others()
    {
        var neighbour = await NeighbourAsync();
        var secret = Fixture.FolderOf("secret");
        await File.WriteAllTextAsync(secret, "of the machine", Ct);
        var other = neighbour.Mounts[0].Volume.Owner;
        string[] ways =
        [
            "", "/data/../../../..", "/proc/self/root", "/proc/1/root", "/proc/1/cwd/../../..", "/proc/self/cwd/../../..",
            "/proc/self/fd/0/../../..",
        ];
        var tried = await TryAsync(
        [
            .. ways.SelectMany(way => new[] { secret, Fixture.PathOf(neighbour.Mounts[0].Volume) + "/known" }
                .Select(path => $"busybox cat {way}{path}")),
            .. ways.Select(way => $"ls {way}/volumes/{other} {way}/../{other} /data/../{other}"),
            $"busybox find / -xdev -name '{other}*' -o -name known -o -name secret",
            "busybox ln -s ../../../../../../.. /data/up && ls /data/up/volumes",
            "busybox ln /proc/1/root" + "/file /data/hard",
        ]);

        AllHold(tried.Where(one => !one.Command.Contains("find", StringComparison.Ordinal)), one => one.Code != 0 && one.Said.Length > 0);
        Assert.DoesNotContain(tried, one => one.Said.Contains("of the machine", StringComparison.Ordinal)
            || one.Said.Contains("nobody else", StringComparison.Ordinal));
        Assert.Equal("", tried.Single(one => one.Command.Contains("find", StringComparison.Ordinal)).Said);
        await IsUnharmedAsync(neighbour);
    }

    [Fact]
    public async Task Nothing_of_the_machine_is_open_and_its_paths_are_not_told()
    {
        var tried = await TryAsync(
        [
            "for file in /proc/1/fd/*; do echo ${file##*/}; done | busybox sort -n | busybox tr '\\n' ' '",
            "busybox cat /proc/self/mountinfo /proc/1/mountstats /proc/1/environ /proc/1/cmdline /proc/1/cgroup; busybox env",
        ]);

        // The shell itself keeps its script open, at 10.
        Assert.Equal("0 1 2 10", tried[0].Said);
        Assert.DoesNotContain(Fixture.Root, tried[1].Said, StringComparison.Ordinal);
        Assert.DoesNotContain("/run/provision", tried[1].Said, StringComparison.Ordinal);
        Assert.Contains("/data", tried[1].Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ports_and_sockets_of_the_machine_are_not_there()
    {
        using var port = new TcpListener(IPAddress.Any, 0);
        using var named = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        port.Start();
        var name = $"provision-test-{Guid.NewGuid():N}";
        named.Bind(new UnixDomainSocketEndPoint("\0" + name));
        named.Listen();
        var number = ((IPEndPoint)port.LocalEndpoint).Port;
        byte[] unix = [1, 0, 0, .. System.Text.Encoding.ASCII.GetBytes(name)];
        byte[] internet = [2, 0, (byte)(number >> 8), (byte)number, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        var program = new SyscallProgram();
        program.Call(Calls.Connect, program.Call(Calls.Socket, 1, 1, 0), program.Bytes(unix), unix.Length);
        program.Call(Calls.Connect, program.Call(Calls.Socket, 2, 1, 0), program.Bytes(internet), internet.Length);

        Assert.Equal([3, 0, 4, 0], await ResultsOutsideAsync(program)); // Outside both connect.
        Assert.Equal([3, -111, 4, -111], await ResultsAsync(program)); // ECONNREFUSED
    }

    [Fact]
    public async Task Kinds_of_sockets_that_nobody_needs_are_refused()
    {
        var program = new SyscallProgram();
        var names = new List<string>();
        for (var family = 0; family < 48; family++)
        {
            if (family is not (1 or 2 or 10 or 16))
            {
                program.Call(Calls.Socket, family, 3, 0);
                names.Add($"socket {family}");
            }

            if (family != 1)
            {
                program.Call(Calls.SocketPair, family, 1, 0, program.Room(8));
                names.Add($"socketpair {family}");
            }
        }

        program.Call(Calls.Socket, 2, 3, 1); // Raw, ICMP
        program.Call(Calls.Socket, 2, 1, 132); // SCTP, as a stream and as packets in sequence
        program.Call(Calls.Socket, 10, 5, 132);
        program.Call(Calls.Socket, 2, 5, 0);
        program.Call(Calls.Socket, 2, 6, 0); // DCCP
        program.Call(Calls.Socket, 16, 3, 12); // netlink, NETFILTER
        await AreRefusedAsync(program, [.. names, "raw", "SCTP", "SCTP of IPv6", "in sequence", "DCCP", "netfilter"]);
    }

    [Fact]
    public async Task Large_pages_that_no_limit_counts_are_refused()
    {
        var program = new SyscallProgram();
        program.Call(Calls.Map, 0, 2 << 20, 3, 0x40022, -1, 0); // private, anonymous, MAP_HUGETLB
        program.Call(Calls.MakeMemoryFile, program.Text("large"), 4); // MFD_HUGETLB
        program.Call(Calls.GetShared, 0, 2 << 20, 0xb80); // IPC_PRIVATE, IPC_CREAT, SHM_HUGETLB
        await AreRefusedAsync(program, ["mmap", "memfd_create", "shmget"]);
    }

    [Fact]
    public async Task No_line_gets_another_discipline()
    {
        var program = new SyscallProgram();
        var terminal = program.Call(Calls.Open, program.Text("/dev/ptmx"), 2, 0);
        program.Call(Calls.Control, terminal, 0x5423, program.Bytes([21, 0, 0, 0])); // TIOCSETD, N_GSM0710
        program.Call(Calls.Control, terminal, 0x5424, program.Room(4)); // TIOCGETD

        var results = await ResultsAsync(program);

        Assert.InRange(results[0], 0, 64);
        Assert.Equal([NotPermitted, 0], results.Skip(1));
    }

    [Fact]
    public async Task Shared_memory_and_queues_of_others_are_not_there()
    {
        const int key = 0x70726f76;
        var name = $"provision-{Environment.ProcessId}";
        var make = new SyscallProgram();
        make.Call(Calls.GetShared, key, 4096, 0x3b6); // IPC_CREAT, for everybody
        make.Call(Calls.OpenQueue, make.Text(name), 0x42, 0x1b6, 0);
        make.Call(Calls.Pause);
        var look = new SyscallProgram();
        look.Call(Calls.GetShared, key, 4096, 0);
        look.Call(Calls.OpenQueue, look.Text(name), 2, 0, 0);

        var neighbour = await AttackerAsync(make, "neighbour");
        await Containers.EnsureAsync(neighbour, Ct);
        await UntilAsync(() => File.Exists(InVolume(neighbour, "results")) && Results(neighbour).Count == 2);

        AllHold(Results(neighbour), result => result >= 0);
        Assert.Equal([-2, -2], await ResultsAsync(look)); // ENOENT
        Assert.Equal([-2, -2], await ResultsOutsideAsync(look));
    }

    [Theory]
    [InlineData("data", "/etc")]
    [InlineData("data", "../../..")]
    [InlineData("data", "/proc/1/root")]
    [InlineData("data", "a pipe")]
    [InlineData("data", "a file")]
    [InlineData("proc", "/bin")]
    [InlineData("dev", "../../../dev")]
    [InlineData("dev", "a pipe")]
    public async Task A_mount_point_that_was_replaced_is_refused_at_the_next_start(string name, string by)
    {
        var order = await AttackerAsync("exit 3");
        Assert.Equal(3, await CodeOfAsync(order));

        // What it cannot do while something is mounted there, an order for the same root without the mount can; or the image began so.
        Directory.Delete(InRoot(order, name), recursive: false);
        if (by == "a pipe")
        {
            Tool.Run("mkfifo", InRoot(order, name));
        }
        else if (by == "a file")
        {
            await File.WriteAllTextAsync(InRoot(order, name), "", Ct);
        }
        else
        {
            File.CreateSymbolicLink(InRoot(order, name), by);
        }

        await Throws.FaultAsync(FaultCode.Invalid, async () => await Containers.EnsureAsync(order, Ct));
        Assert.Empty(Fixture.MountsInside());
    }

    [Fact]
    public async Task A_folder_above_a_mount_point_that_was_swapped_while_it_ran_leads_nowhere()
    {
        var deep = await VolumeAsync("deep");
        var order = await AttackerAsync(
            "busybox mv /srv/deep /srv/moved && busybox ln -s ../../.. /srv/deep && : > /srv/moved/point/here; exit 3");
        order = order with { Mounts = [.. order.Mounts, new VolumeMount(deep, "/srv/deep/point")] };

        Assert.Equal(3, await CodeOfAsync(order));

        Assert.NotNull(SizeOf(deep, "here"));
        await Throws.FaultAsync(FaultCode.Invalid, async () => await Containers.EnsureAsync(order, Ct));
        Assert.Empty(Fixture.MountsInside());
    }
}
