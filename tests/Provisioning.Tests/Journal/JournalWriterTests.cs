using Microsoft.Extensions.Logging.Abstractions;
using Provision.Provisioning.Journal;
using Provision.Provisioning.Tests.Worlds;
using Provision.Machine.Simulated.Faults;
using Provision.Reservations;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Journal;

/// <summary>Group commit, and a disk that fails for a while.</summary>
public sealed class JournalWriterTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);
    private readonly NodeWorld world = new();
    private readonly DiskFaults disk = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void Lines_of_one_turn_cost_one_flush_and_are_durable_in_order()
    {
        var writer = NewWriter();
        world.Pump.Run(
            async () =>
            {
                var writes = Enumerable.Range(1, 100).Select(n => writer.WriteAsync([Line(n)])).ToList();
                await Task.WhenAll(writes);
            },
            Limit);
        Assert.Equal((1, 2), (disk.Flushes, disk.Calls.Count));
        Assert.Equal(Enumerable.Range(1, 100).Select(n => (long)n), Numbers());
    }

    [Fact]
    public void Lines_handed_in_while_a_flush_runs_share_the_next_one_and_nobody_is_told_early()
    {
        var gate = new Gate();
        var writer = NewWriter(gate);
        Task? first = null;
        Task? second = null;
        Task? third = null;
        world.Pump.Post(_ => first = writer.WriteAsync([Line(1)]), null);
        Assert.True(world.Pump.Run(() => gate.Waiting is not null, Limit));
        world.Pump.Post(_ => second = writer.WriteAsync([Line(2)]), null);
        world.Pump.Run(() => second is not null, Limit);
        world.Pump.Post(_ => third = writer.WriteAsync([Line(3)]), null);
        world.Pump.Run(() => third is not null, Limit);
        Assert.False(first!.IsCompleted || second!.IsCompleted || third!.IsCompleted);
        Assert.Same(third, writer.Durable);

        gate.Open();
        Assert.True(world.Pump.Run(() => first.IsCompleted, Limit));
        Assert.False(third.IsCompleted);
        Assert.True(world.Pump.Run(() => gate.Waiting is not null, Limit));
        gate.Open();
        Assert.True(world.Pump.Run(() => third.IsCompleted, Limit));
        Assert.True(second!.IsCompletedSuccessfully);
        Assert.Equal(2, gate.Flushes);
        Assert.Equal([1, 2, 3], Numbers());
    }

    [Fact]
    public void A_full_segment_is_followed_by_a_new_one()
    {
        var writer = NewWriter(segmentSizeMax: 300);
        for (var n = 1; n <= 6; n++)
        {
            var line = Line(n);
            world.Pump.Run(() => writer.WriteAsync([line]), Limit);
        }

        Assert.True(disk.Calls.Select(call => call.Subject).Distinct().Count() is > 1 and < 6);
        Assert.Equal(Enumerable.Range(1, 6).Select(n => (long)n), Numbers());
    }

    [Theory]
    [InlineData("append", false)]
    [InlineData("append", true)]
    [InlineData("flush", false)]
    [InlineData("flush", true)]
    public void A_failing_disk_loses_nothing_and_doubles_nothing(string verb, bool after)
    {
        var writer = NewWriter();
        (disk.Failing, disk.After) = (verb, after);
        Task? done = null;
        world.Pump.Post(_ => done = writer.WriteAsync([Line(1), Line(2)]), null);
        Assert.False(world.Pump.Run(() => done is { IsCompleted: true }, TimeSpan.FromSeconds(10)));
        Assert.Equal("No space left on device", writer.Trouble?.What);
        world.Pump.Post(_ => done = writer.WriteAsync([Line(3)]), null);
        Assert.False(world.Pump.Run(() => done is { IsCompleted: true }, TimeSpan.FromSeconds(3)));

        disk.Failing = null;
        Assert.True(world.Pump.Run(() => done is { IsCompleted: true }, TimeSpan.FromSeconds(10)));
        Assert.Null(writer.Trouble);
        Assert.Equal([1, 2, 3], Numbers());
        Assert.Empty(world.ReadJournal().SetAside);
    }

    [Fact]
    public void While_the_disk_fails_nothing_is_begun_and_afterwards_work_goes_on_by_itself()
    {
        world.Observer = disk;
        world.Start();
        var live = world.Post(world.Volume(1));
        world.Until(() => world.Told(live, ReceiptState.Ok));

        disk.Failing = "append";
        var waiting = world.Post(world.Volume(2));
        world.Post(CancelOf(live));
        var machine = disk.Calls.Count(call => call.Port == "storage" && call.Effect);
        world.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal(machine, disk.Calls.Count(call => call.Port == "storage" && call.Effect));
        Assert.True(world.HasVolume(live));
        Assert.False(world.HasVolume(waiting));
        Assert.Contains(world.Engine.Status().Troubles, fault => fault.What == "No space left on device");

        disk.Failing = null;
        world.Until(() => world.Told(live, ReceiptState.Deleted) && world.Told(waiting, ReceiptState.Ok), TimeSpan.FromMinutes(2));
        Assert.Empty(world.Engine.Status().Troubles);
        world.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(["planned", "started", "done", "live", "acknowledged"], world.EntriesOf(waiting));
        Assert.Equal([live.ComputeDigest(), waiting.ComputeDigest()], world.ReadJournal().Orders.Keys);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Deleted], world.StatesOf(live));
    }

    private Cancel CancelOf(Reservation order) => Actors.Cancel(order, world.Now);

    private JournalWriter NewWriter(IMachineObserver? observer = null, int segmentSizeMax = 1 << 20) =>
        new(
            new ObservedMachine(world.Machine, observer ?? disk).Disk,
            world.Time,
            new JournalContents(),
            NullLogger<JournalWriter>.Instance,
            segmentSizeMax);

    private static JournalLine Line(long number) =>
        new(Samples.Order, number, Samples.Now, number == 1 ? Samples.Planned(100) : new Entry.Started((int)number - 2));

    private IEnumerable<long> Numbers() => world.ReadJournal().Orders[Samples.Order].Index().Select(item =>
        item.Item is Entry.Started(var step) ? step + 2L : item.Index + 1);

    /// <summary>Holds every flush until it is opened.</summary>
    private sealed class Gate : IMachineObserver
    {
        public TaskCompletionSource? Waiting { get; private set; }

        public int Flushes { get; private set; }

        public async ValueTask BeforeAsync(MachineCall call)
        {
            if (call.Verb == "flush")
            {
                Flushes++;
                Waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await Waiting.Task;
                Waiting = null;
            }
        }

        public ValueTask AfterAsync(MachineCall call) => ValueTask.CompletedTask;

        public void Open() => Waiting!.SetResult();
    }
}
