using System.Globalization;
using Provision.Machine.Conformance.Processes;
using Provision.Machine.Linux.Processes;
using Provision.Machine.Processes;
using Xunit;

namespace Provision.Machine.Linux.Tests.Processes;

public sealed class LinuxProcessesTests : ProcessesConformance, IAsyncDisposable
{
    private const string BootId = "this-boot";
    private readonly TemporaryFolder temporary = new();

    public LinuxProcessesTests() => Processes = Reopen();

    protected override IProcesses Processes { get; }

    protected override string MissingProgram => "no-such-program-anywhere";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected override IProcesses Reopen() => Open(BootId);

    protected override async Task EndAsync(RunningProcess process)
    {
        Tool.Run("kill", "-KILL", Text(process.Id));
        while (Tool.Run("ps", "-o", "stat=", "-p", Text(process.Id)) is not ['Z', ..])
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in await Processes.ListAsync(CancellationToken.None))
        {
            await Processes.RemoveAsync(process.Name, TimeSpan.Zero, CancellationToken.None);
        }

        temporary.Dispose();
    }

    [Fact]
    public async Task A_program_has_a_session_of_its_own_and_its_output_goes_to_its_log()
    {
        var process = await Processes.EnsureAsync(Shell("talker", "echo said; echo cried >&2; sleep 600"), Ct);
        await UntilAsync(() => File.ReadAllText(temporary.Of("run/talker.log")) == "said\ncried\n");

        Assert.Equal(Text(process.Id), Tool.Run("ps", "-o", "sid=", "-p", Text(process.Id)));
    }

    [Fact]
    public async Task A_program_gets_none_of_the_environment_and_files_of_the_daemon()
    {
        Environment.SetEnvironmentVariable("PROVISION_TEST_SECRET", "secret");
        var process = await Processes.EnsureAsync(Sleeper(), Ct);

        Assert.DoesNotContain("SECRET", File.ReadAllText($"/proc/{process.Id}/environ"), StringComparison.Ordinal);

        // What loads the program has its libraries open for a moment.
        await UntilAsync(() => Directory.EnumerateFiles($"/proc/{process.Id}/fd").Select(path => Path.GetFileName(path)).Order()
            is var open && open.SequenceEqual(["0", "1", "2"]));
    }

    [Fact]
    public async Task A_program_finds_the_files_that_it_is_handed_in_their_order()
    {
        using var first = File.OpenHandle("/dev/zero");
        using var second = File.OpenHandle("/dev/full");
        using var processes = new LinuxProcesses(temporary.Of("run"), BootId, TimeProvider.System);
        var process = await processes.EnsureAsync(Sleeper(), [], [second, first], null, Ct);

        Assert.Equal(
            ["/dev/full", "/dev/zero"],
            new[] { 3, 4 }.Select(number => File.ResolveLinkTarget($"/proc/{process.Id}/fd/{number}", returnFinalTarget: false)?.FullName));
    }

    [Fact]
    public async Task A_pipe_that_closes_ends_a_program_as_it_would_in_a_shell()
    {
        await Processes.EnsureAsync(Shell("pipe", "trap 'echo ignored' PIPE; (yes; echo exit $? >&2) | true; sleep 600"), Ct);

        await UntilAsync(() => File.ReadAllText(temporary.Of("run/pipe.log")).Contains("exit 141", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_that_ignores_TERM_is_killed_after_its_grace()
    {
        var process = await Processes.EnsureAsync(Shell("stubborn", "trap '' TERM; echo ready; while true; do sleep 1; done"), Ct);
        await UntilAsync(() => File.ReadAllText(temporary.Of("run/stubborn.log")) == "ready\n");

        await Processes.RemoveAsync("stubborn", TimeSpan.FromMilliseconds(100), Ct);

        Assert.Empty(Session(process.Id));
    }

    [Fact]
    public async Task What_a_program_started_ends_with_it_even_when_it_ended_first()
    {
        var process = await Processes.EnsureAsync(
            Shell("parent", "trap 'exit' TERM; (trap '' TERM; while true; do sleep 1; done) & wait"), Ct);
        await UntilAsync(() => Session(process.Id).Count >= 3);
        await EndAsync(process);
        Assert.NotEmpty(Session(process.Id));

        await Reopen().RemoveAsync("parent", TimeSpan.FromMilliseconds(50), Ct);

        Assert.Empty(Session(process.Id));
    }

    [Fact]
    public async Task A_process_that_got_a_recorded_id_is_somebody_elses()
    {
        var stranger = await Processes.EnsureAsync(Sleeper("stranger"), Ct);
        var record = await File.ReadAllTextAsync(temporary.Of("run/stranger.json"), Ct);
        await File.WriteAllTextAsync(temporary.Of("run/ours.json"), record
            .Replace("\"stranger\"", "\"ours\"", StringComparison.Ordinal)
            .Replace(Text(stranger.StartTicks), Text(stranger.StartTicks - 1), StringComparison.Ordinal), Ct);

        Assert.Equal([stranger], await Processes.ListAsync(Ct));
        await Processes.RemoveAsync("ours", TimeSpan.Zero, Ct);

        Assert.Equal([stranger], await Processes.ListAsync(Ct));
    }

    [Fact]
    public async Task A_record_of_another_boot_names_nobody()
    {
        var process = await Processes.EnsureAsync(Sleeper(), Ct);
        var afterReboot = Open("next-boot");

        Assert.Empty(await afterReboot.ListAsync(Ct));
        Assert.Single(Session(process.Id));
    }

    [Fact]
    public async Task A_daemon_that_died_before_it_recorded_the_process_id_finds_the_program_by_its_mark()
    {
        var process = await Processes.EnsureAsync(Sleeper(), Ct);
        await File.WriteAllTextAsync(
            temporary.Of("run/sleeper.json"), $$"""{"name":"sleeper","id":0,"start_ticks":0,"boot_id":"{{BootId}}"}""", Ct);

        Assert.Equal(process, await Reopen().EnsureAsync(Sleeper(), Ct));
    }

    [Fact]
    public async Task A_daemon_that_died_before_it_started_the_program_starts_it_next_time()
    {
        await File.WriteAllTextAsync(
            temporary.Of("run/sleeper.json"), $$"""{"name":"sleeper","id":0,"start_ticks":0,"boot_id":"{{BootId}}"}""", Ct);
        Assert.Empty(await Processes.ListAsync(Ct));

        var process = await Processes.EnsureAsync(Sleeper(), Ct);

        Assert.Equal([process], await Processes.ListAsync(Ct));
    }

    private LinuxProcesses Open(string bootId) => new(temporary.Of("run"), bootId, TimeProvider.System);

    private static ProcessOrder Shell(string name, string script) => new(name, "bash", ["-c", script]);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static IReadOnlyList<string> Session(int id) =>
    [
        .. Tool.Try("ps", "-o", "pid=,stat=", "-s", Text(id)).Output
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.Contains(" Z", StringComparison.Ordinal)),
    ];

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
        }
    }
}
