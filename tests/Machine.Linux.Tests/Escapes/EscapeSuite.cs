using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Provision.Machine.Containers;
using Provision.Machine.Linux.Tests.Containers;
using Xunit;

namespace Provision.Machine.Linux.Tests.Escapes;

/// <summary>They fill tables of the whole kernel, so nothing else runs beside them.</summary>
[CollectionDefinition(nameof(EscapeCollection), DisableParallelization = true)]
public sealed class EscapeCollection;

/// <summary>
/// Hostile programs in a container, and a neighbour to see whether they harm it. What they report lies in their volume, <c>/data</c>.
/// </summary>
[Collection(nameof(EscapeCollection))]
public abstract class EscapeSuite(ContainerFixture fixture) : LinuxContainerSuite(fixture)
{
    protected const long NotPermitted = -1; // EPERM, errno(3); here and below what a system call returns
    protected const long Again = -11;
    protected const long NoSuchCall = -38; // ENOSYS
    private const string Known = "nobody else writes this";

    /// <summary>An order for this script, which a shell runs as the first process, its volume at <c>/data</c>.</summary>
    protected async Task<ContainerOrder> AttackerAsync(string script, string which = "attacker", [CallerMemberName] string test = "")
    {
        var volume = await VolumeAsync(which, test);
        var order = await OrderAsync("sh /data/attack", which, test) with { Mounts = [new VolumeMount(volume, "/data")] };
        await File.WriteAllTextAsync(InVolume(order, "attack"), script + "\n", Ct);
        return order;
    }

    /// <summary>Runs each command in a shell of its own, all in one container; returns how each ended and what it said.</summary>
    protected async Task<IReadOnlyList<Tried>> TryAsync(IReadOnlyList<string> commands, [CallerMemberName] string test = "")
    {
        var lines = commands.Select((command, i) => $"( {command} ) > /data/said.{i} 2>&1; echo $? > /data/code.{i}");
        var order = await AttackerAsync(string.Join('\n', lines), "attacker", test);
        Assert.Equal(new ContainerEnd(EndCause.Exited, 0), await RunAsync(order));
        var tried = commands.Select((command, i) => new Tried(
            command,
            int.Parse(File.ReadAllText(InVolume(order, $"code.{i}")), CultureInfo.InvariantCulture),
            File.ReadAllText(InVolume(order, $"said.{i}")).Trim())).ToList();
        await Containers.RemoveAsync(order.Owner, Grace, Ct);
        return tried;
    }

    /// <summary>Every one of the commands fails, and says these words: a command that is not there does not.</summary>
    protected async Task AreRefusedAsync(string words, IReadOnlyList<string> commands, [CallerMemberName] string test = "")
    {
        var tried = await TryAsync(commands, test);
        AllHold(tried, one => one.Code != 0 && one.Said.Contains(words, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Puts the program into the volume of an attacker, as <c>/data/NAME</c>.</summary>
    private protected void Put(ContainerOrder attacker, string name, SyscallProgram program)
    {
        Assert.SkipUnless(SyscallProgram.CanRun, "the attacking program is for x86-64");
        File.WriteAllBytes(InVolume(attacker, name), program.ToFile());
        File.SetUnixFileMode(InVolume(attacker, name), (UnixFileMode)0x1ed);
    }

    /// <summary>An order for a container that runs the program, and then waits when it shall.</summary>
    private protected async Task<ContainerOrder> AttackerAsync(
        SyscallProgram program, string which = "attacker", [CallerMemberName] string test = "")
    {
        var order = await AttackerAsync("/data/program > /data/results; echo $? > /data/code", which, test);
        Put(order, "program", program);
        return order;
    }

    /// <summary>Runs the program in a container to its end; what its calls returned.</summary>
    private protected async Task<IReadOnlyList<long>> ResultsAsync(
        SyscallProgram program, string which = "attacker", [CallerMemberName] string test = "")
    {
        var order = await AttackerAsync(program, which, test);
        Assert.Equal(new ContainerEnd(EndCause.Exited, 0), await RunAsync(order));
        Assert.Equal("0", File.ReadAllText(InVolume(order, "code")).Trim());
        await Containers.RemoveAsync(order.Owner, Grace, Ct);
        return Results(order);
    }

    /// <summary>What the calls of the attacker's program returned so far.</summary>
    protected IReadOnlyList<long> Results(ContainerOrder attacker) =>
        File.Exists(InVolume(attacker, "results")) ? SyscallProgram.Read(File.ReadAllBytes(InVolume(attacker, "results"))) : [];

    /// <summary>Runs the program on the machine itself, as root.</summary>
    private protected async Task<IReadOnlyList<long>> ResultsOutsideAsync(SyscallProgram program)
    {
        var path = Fixture.FolderOf("outside");
        await File.WriteAllBytesAsync(path, program.ToFile(), Ct);
        File.SetUnixFileMode(path, (UnixFileMode)0x1c0);
        using var process = Process.Start(new ProcessStartInfo(path) { RedirectStandardOutput = true })!;
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output, Ct);
        await process.WaitForExitAsync(Ct);
        File.Delete(path);
        return SyscallProgram.Read(output.ToArray());
    }

    /// <summary>Every one of the calls fails in a container; <see cref="NotPermitted"/> when nothing else is said.</summary>
    private protected async Task AreRefusedAsync(
        SyscallProgram program, IReadOnlyList<string> names, long result = NotPermitted, [CallerMemberName] string test = "")
    {
        var results = await ResultsAsync(program, test: test);
        Assert.Equal(names.Count, results.Count);
        AllHold(names.Zip(results), call => call.Second == result);
    }

    /// <summary>Fails with all for which it does not hold.</summary>
    protected static void AllHold<T>(IEnumerable<T> items, Func<T, bool> holds) =>
        Assert.Equal([], items.Where(item => !holds(item)).Select(item => $"{item}"));

    /// <summary>Another container, which answers when it is asked.</summary>
    protected async Task<ContainerOrder> NeighbourAsync([CallerMemberName] string test = "")
    {
        const string answer =
            "busybox rm /data/asked; busybox cat /data/known > /data/answer.new; busybox mv /data/answer.new /data/answer";
        const string script = $"""
            while :; do
                if [ -e /data/asked ]; then {answer}; fi
                sleep 0.02
            done
            """;
        var order = await AttackerAsync(script, "neighbour", test);
        await File.WriteAllTextAsync(InVolume(order, "known"), Known, Ct);
        await Containers.EnsureAsync(order, Ct);
        return order;
    }

    /// <summary>The neighbour runs as it was started, can start processes, and has what it had.</summary>
    protected async Task IsUnharmedAsync(ContainerOrder neighbour)
    {
        var answer = InVolume(neighbour, "answer");
        File.Delete(answer);
        await File.WriteAllTextAsync(InVolume(neighbour, "asked"), "", Ct);
        await UntilAsync(() => File.Exists(answer));
        Assert.Equal(Known, await File.ReadAllTextAsync(answer, Ct));
        Assert.Equal(new Container(neighbour.Owner, null, 0), await FindAsync(neighbour));
    }

    /// <summary>The number in a file of the container's control group, by its name in either version.</summary>
    protected long InGroup(ContainerOrder order, string version1, string version2) => long.Parse(
        Fixture.Groups.SelectMany(folder => new[] { version1, version2 }.Select(name => Path.Combine(folder, order.Owner.ToString(), name)))
            .Where(File.Exists).Select(File.ReadAllText).First().Trim(),
        CultureInfo.InvariantCulture);

    /// <summary>A file in the volume of an attacker, as the machine sees it.</summary>
    protected string InVolume(ContainerOrder attacker, string path) => Path.Combine(Fixture.PathOf(attacker.Mounts[0].Volume), path);

    /// <summary>A file in the root of a container, as the machine sees it.</summary>
    protected string InRoot(ContainerOrder order, string path) => Path.Combine(Fixture.PathOf(order.Root), path);

    /// <summary>How a command ended.</summary>
    protected sealed record Tried(string Command, int Code, string Said);
}
