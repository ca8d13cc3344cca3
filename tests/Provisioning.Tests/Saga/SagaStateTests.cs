using Provision.Provisioning.Journal;
using Provision.Provisioning.Saga;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Provisioning.Tests.Saga;

/// <summary>Which entry may follow which, and what comes next, by table: two steps, every situation, every entry.</summary>
public sealed class SagaStateTests
{
    private const string Every = "planned refused started-0 started-1 started-2 done-0 done-1 failed-0 failed-1 live degraded extended "
        + "expired withdrawn undone-0 undone-1 stuck closed acknowledged";

    // Situation; the entries that led there; the entries that may follow; what comes next when nothing was ensured, and when all was.
    private static readonly (string Name, string Path, string Legal, string Next, string NextEnsured)[] Table =
    [
        ("nothing", "", "planned refused", "Rest", "Rest"),
        ("refused", "refused", "acknowledged", "Rest", "Rest"),
        ("planned", "planned", "started-0 extended expired withdrawn acknowledged", "Do 0", "GoLive"),
        ("started", "planned started-0", "started-1 done-0 failed-0 extended expired withdrawn acknowledged", "Do 0", "GoLive"),
        ("first done", "planned started-0 done-0", "started-1 failed-0 extended expired withdrawn acknowledged", "Do 0", "GoLive"),
        ("second started", "planned started-0 done-0 started-1",
            "done-1 failed-0 failed-1 extended expired withdrawn acknowledged", "Do 0", "GoLive"),
        ("all done", AllDone, "failed-0 failed-1 live extended expired withdrawn acknowledged", "Do 0", "GoLive"),
        ("live", $"{AllDone} live", "live degraded extended expired withdrawn acknowledged", "Do 0", "Rest"),
        ("degraded", $"{AllDone} live degraded", "live degraded extended expired withdrawn acknowledged", "Do 0", "GoLive"),
        ("mended", $"{AllDone} live degraded live", "live degraded extended expired withdrawn acknowledged", "Do 0", "Rest"),
        ("expired", $"{AllDone} live expired", "live degraded extended withdrawn acknowledged", "Do 0", "Rest"),
        ("extended in grace", $"{AllDone} live expired extended", "live degraded extended expired withdrawn acknowledged", "Do 0", "Rest"),
        ("failed", "planned started-0 failed-0", "withdrawn undone-0 stuck acknowledged", "Undo 0", "Undo 0"),
        ("failed in the second",
            "planned started-0 done-0 started-1 failed-1", "withdrawn undone-1 stuck acknowledged", "Undo 1", "Undo 1"),
        ("failed and undone", "planned started-0 failed-0 undone-0", "withdrawn stuck closed acknowledged", "Close", "Close"),
        ("failed and withdrawn", "planned started-0 failed-0 withdrawn", "undone-0 stuck acknowledged", "Undo 0", "Undo 0"),
        ("withdrawn before it began", "planned withdrawn", "stuck closed acknowledged", "Close", "Close"),
        ("withdrawn in the middle", "planned started-0 done-0 started-1 withdrawn", "undone-1 stuck acknowledged", "Undo 1", "Undo 1"),
        ("live and withdrawn", $"{AllDone} live withdrawn", "undone-1 stuck acknowledged", "Undo 1", "Undo 1"),
        ("degraded and withdrawn", $"{AllDone} live degraded withdrawn", "undone-1 stuck acknowledged", "Undo 1", "Undo 1"),
        ("half undone", $"{AllDone} live withdrawn undone-1", "undone-0 stuck acknowledged", "Undo 0", "Undo 0"),
        ("stuck", $"{AllDone} live withdrawn stuck", "undone-1 stuck acknowledged", "Undo 1", "Undo 1"),
        ("all undone", $"{AllDone} live withdrawn undone-1 undone-0", "stuck closed acknowledged", "Close", "Close"),
        ("closed", $"{AllDone} live withdrawn undone-1 undone-0 closed", "acknowledged", "Rest", "Rest"),
        ("failed and closed", "planned started-0 failed-0 undone-0 closed", "acknowledged", "Rest", "Rest"),
    ];

    private const string AllDone = "planned started-0 done-0 started-1 done-1";

    public static TheoryData<string> Situations => [.. Table.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Situations))]
    public void What_may_follow_follows_and_everything_else_is_data_loss(string name)
    {
        var (_, path, legal, _, _) = Table.Single(row => row.Name == name);
        var state = After(path);
        foreach (var next in Split(Every))
        {
            if (Split(legal).Contains(next))
            {
                Assert.NotNull(state.Apply(Make(next)));
                continue;
            }

            var e = Assert.Throws<FaultException>(() => state.Apply(Make(next)));
            Assert.Equal(FaultCode.DataLoss, e.Fault.Code);
            Assert.NotNull(e.Fault.Remedy);
        }
    }

    [Theory]
    [MemberData(nameof(Situations))]
    public void What_comes_next_is_a_function_of_the_entries(string name)
    {
        var (_, path, _, next, ensured) = Table.Single(row => row.Name == name);
        var state = After(path);
        Assert.Equal((next, ensured), (Text(state.Next(0)), Text(state.Next(2))));
    }

    [Fact]
    public void Entries_of_the_node_are_of_no_order()
    {
        foreach (var entry in Samples.Entries.Where(entry => entry is Entry.CursorMoved or Entry.ClockRead))
        {
            Assert.Throws<FaultException>(() => After("planned").Apply(entry));
        }
    }

    [Fact]
    public void Ensuring_goes_on_from_what_was_ensured()
    {
        Assert.Equal("Do 1", Text(After($"{AllDone} live").Next(1)));
        Assert.Equal("Do 1", Text(After("planned started-0 done-0").Next(1)));
    }

    [Fact]
    public void The_state_tells_what_the_entries_said()
    {
        Assert.Equal(Samples.Fault, After($"{AllDone} live degraded").Degraded);
        Assert.Null(After($"{AllDone} live degraded live").Degraded);
        Assert.Equal(Samples.Fault, After("planned started-0 failed-0").Failed);
        Assert.Equal(Samples.Fault, After("planned started-0 failed-0 stuck").Stuck);
        Assert.Null(After("planned started-0 failed-0 stuck undone-0 closed").Stuck);
        Assert.Null(After("planned withdrawn").Why);
        Assert.Equal(Samples.Fault, After("planned").Apply(new Entry.Withdrawn(null, Samples.Fault)).Why);
        Assert.True(After($"{AllDone} live expired").Expired);
        Assert.False(After($"{AllDone} live expired extended").Expired);
        Assert.True(After($"{AllDone} live degraded").Live);
        Assert.False(After($"{AllDone} live degraded").Unwinding);
        var half = After($"{AllDone} live withdrawn undone-1");
        Assert.Equal((2, 2, 2, 1), (half.Steps, half.Started, half.Done, half.Owed));
    }

    [Fact]
    public void An_order_of_no_steps_lives_and_ends()
    {
        var state = SagaState.None.Apply(Samples.Planned(0));
        Assert.IsType<Move.GoLive>(state.Next(0));
        Assert.IsType<Move.Close>(state.Apply(new Entry.Withdrawn(null)).Next(0));
    }

    private static string[] Split(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static SagaState After(string path) => Split(path).Aggregate(SagaState.None, (state, entry) => state.Apply(Make(entry)));

    private static Entry Make(string name) => name.Split('-') switch
    {
        ["planned"] => Samples.Planned(2),
        ["started", var step] => new Entry.Started(Number(step)),
        ["done", var step] => new Entry.Done(Number(step)),
        ["undone", var step] => new Entry.Undone(Number(step)),
        ["failed", var step] => new Entry.Failed(Number(step), Samples.Fault, Samples.Receipt),
        _ => Samples.Entries.First(entry => EntryJson.NameOf(entry) == name),
    };

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(Move move) => move switch
    {
        Move.Do(var step) => $"Do {step}",
        Move.Undo(var step) => $"Undo {step}",
        _ => move.GetType().Name,
    };
}
