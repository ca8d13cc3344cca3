using Provision.Machine.Processes;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Conformance.Processes;

/// <summary>What every <see cref="IProcesses"/> does. Each test begins with none.</summary>
public abstract class ProcessesConformance
{
    /// <summary>The processes under test.</summary>
    protected abstract IProcesses Processes { get; }

    /// <summary>The same processes through a new instance, as a restarted daemon has them.</summary>
    protected abstract IProcesses Reopen();

    /// <summary>A program that the machine does not have.</summary>
    protected abstract string MissingProgram { get; }

    /// <summary>Ends the program without the port knowing.</summary>
    protected abstract Task EndAsync(RunningProcess process);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A program that runs for long.</summary>
    protected static ProcessOrder Sleeper(string name = "sleeper") => new(name, "sleep", ["600"]);

    [Fact]
    public async Task Ensuring_twice_runs_the_program_once()
    {
        var first = await Processes.EnsureAsync(Sleeper(), Ct);
        var second = await Processes.EnsureAsync(Sleeper(), Ct);

        Assert.Equal(first, second);
        Assert.Equal([first], await Processes.ListAsync(Ct));
    }

    [Fact]
    public async Task Programs_are_listed_by_name()
    {
        await Processes.EnsureAsync(Sleeper("b.2"), Ct);
        await Processes.EnsureAsync(Sleeper("a-1"), Ct);
        await Processes.EnsureAsync(Sleeper("B"), Ct);

        Assert.Equal(["B", "a-1", "b.2"], (await Processes.ListAsync(Ct)).Select(process => process.Name));
    }

    [Fact]
    public async Task A_removed_program_is_gone_and_removing_it_again_is_nothing()
    {
        await Processes.EnsureAsync(Sleeper(), Ct);
        await Processes.RemoveAsync("sleeper", Grace, Ct);
        await Processes.RemoveAsync("sleeper", Grace, Ct);

        Assert.Empty(await Processes.ListAsync(Ct));
    }

    [Fact]
    public async Task Removing_what_never_ran_is_nothing() => await Processes.RemoveAsync("never", Grace, Ct);

    [Fact]
    public async Task Removing_one_leaves_the_others()
    {
        await Processes.EnsureAsync(Sleeper("a"), Ct);
        var other = await Processes.EnsureAsync(Sleeper("b"), Ct);
        await Processes.RemoveAsync("a", Grace, Ct);

        Assert.Equal([other], await Processes.ListAsync(Ct));
    }

    [Fact]
    public async Task A_restarted_daemon_finds_its_programs()
    {
        var started = await Processes.EnsureAsync(Sleeper(), Ct);
        var reopened = Reopen();

        Assert.Equal([started], await reopened.ListAsync(Ct));
        Assert.Equal(started, await reopened.EnsureAsync(Sleeper(), Ct));
        await reopened.RemoveAsync("sleeper", Grace, Ct);
        Assert.Empty(await Processes.ListAsync(Ct));
    }

    [Fact]
    public async Task A_program_that_ended_by_itself_is_not_listed_and_is_started_anew()
    {
        var first = await Processes.EnsureAsync(Sleeper(), Ct);
        await EndAsync(first);
        Assert.Empty(await Processes.ListAsync(Ct));

        var second = await Processes.EnsureAsync(Sleeper(), Ct);

        Assert.NotEqual(first, second);
        Assert.Equal([second], await Processes.ListAsync(Ct));
    }

    [Fact]
    public async Task A_missing_program_is_not_found_and_leaves_nothing()
    {
        var fault = await Throws.FaultAsync(
            FaultCode.NotFound, async () => await Processes.EnsureAsync(new ProcessOrder("missing", MissingProgram, []), Ct));

        Assert.Contains(MissingProgram, fault.What, StringComparison.Ordinal);
        Assert.Empty(await Processes.ListAsync(Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("ä")]
    public async Task A_name_that_is_none_is_a_mistake_of_the_caller(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Processes.EnsureAsync(Sleeper(name), Ct));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Processes.RemoveAsync(name, Grace, Ct));
    }
}
