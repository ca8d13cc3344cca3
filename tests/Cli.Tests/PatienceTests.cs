using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Cli.Tests;

public sealed class PatienceTests
{
    private readonly SkippingTime time = new();
    private readonly List<string> notes = [];

    [Fact]
    public async Task An_explorer_that_comes_back_in_time_is_waited_for_and_this_is_said_once()
    {
        var asked = 0;
        var answer = await new Patience(TimeSpan.FromSeconds(30), time, notes.Add)
            .AskAsync(_ => ++asked < 8 ? throw Away() : Task.FromResult("here"), TestContext.Current.CancellationToken);
        Assert.Equal("here", answer);
        Assert.Equal("The explorer is away; asking again for up to 30 s", Assert.Single(notes));
    }

    [Fact]
    public async Task Patience_ends_with_the_fault_and_not_after_the_limit()
    {
        var started = time.GetUtcNow();
        var fault = await Assert.ThrowsAsync<FaultException>(() => new Patience(TimeSpan.FromSeconds(30), time, notes.Add)
            .AskAsync<string>(_ => throw Away(), TestContext.Current.CancellationToken));
        Assert.Equal(FaultCode.Unavailable, fault.Fault.Code);
        Assert.InRange(time.GetUtcNow() - started, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Without_patience_it_asks_once()
    {
        var asked = 0;
        await Assert.ThrowsAsync<FaultException>(() => new Patience(TimeSpan.Zero, time, notes.Add)
            .AskAsync<string>(_ => ++asked > 0 ? throw Away() : Task.FromResult(""), TestContext.Current.CancellationToken));
        Assert.Equal(1, asked);
        Assert.Empty(notes);
    }

    [Fact]
    public async Task Only_what_may_pass_is_asked_again()
    {
        var asked = 0;
        var no = new FaultException(FaultCode.Conflict, "No");
        await Assert.ThrowsAsync<FaultException>(() => new Patience(TimeSpan.FromSeconds(30), time, notes.Add)
            .AskAsync<string>(_ => ++asked > 0 ? throw no : Task.FromResult(""), TestContext.Current.CancellationToken));
        Assert.Equal(1, asked);
    }

    private static FaultException Away() => new(FaultCode.Unavailable, "The explorer is away");
}
