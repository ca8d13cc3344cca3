using Provision.Provisioning.Journal;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Needs;

/// <summary>Orders that build on others, and a daemon or a journal that lost something.</summary>
public sealed class LostNeedsTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly Script script = new();
    private readonly NodeWorld world;
    private readonly Reservation need;
    private readonly Reservation upper;

    public LostNeedsTests()
    {
        world = new NodeWorld(new ScriptModule(script, keepsData: true), new ScriptModule(script, "upper", rank: 1));
        need = world.Order(1);
        upper = world.Upper(2, need);
    }

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData("withdrawn")]
    [InlineData("expired")]
    public void A_crash_between_the_end_of_a_need_and_of_what_builds_on_it_is_made_good_at_the_start(string entry)
    {
        Live();
        world.Stop();
        world.Append(need, entry == "withdrawn"
            ? new Entry.Withdrawn(null)
            : new Entry.Expired(null, Samples.Lease, world.Engine.Ledger.Answer(world.Find(need)!, ReceiptState.Expired)));
        script.Calls.Clear();
        world.Start();
        world.Until(() => world.Told(upper, ReceiptState.Deleted), TimeSpan.FromSeconds(1));
        Assert.Contains(", which ended", world.LastReceipt(upper).Fault!.What, StringComparison.Ordinal);
        Assert.Equal(["undo 2", "undo 1", "undo 0"], script.CallsOf(upper));
    }

    [Fact]
    public void With_a_need_that_is_set_aside_what_lives_is_degraded_and_nothing_goes()
    {
        Live();
        world.Stop();
        Lose(need);
        script.Calls.Clear();
        world.Start();
        world.Until(() => world.Told(upper, ReceiptState.Degraded));
        world.Post(Actors.Cancel(need, world.Now));
        world.Pass(Minute);
        world.Restart();
        world.Pass(Minute);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Degraded], world.StatesOf(upper));
        var fault = world.LastReceipt(upper).Fault!;
        Assert.Equal(FaultCode.DataLoss, fault.Code);
        Assert.Contains(need.ComputeDigest().Short, fault.What, StringComparison.Ordinal);
        Assert.Empty(script.Calls);
        Assert.Equal(6, script.There.Count);

        world.Post(Actors.Cancel(upper, world.Now));
        world.Until(() => world.Told(upper, ReceiptState.Deleted));
    }

    [Fact]
    public void What_never_lived_waits_for_a_need_that_is_set_aside()
    {
        script.On = (call, ct) => call.Order == upper.ComputeDigest() ? throw Script.Transient() : Task.CompletedTask;
        world.Options = new EngineOptions { AttemptsMax = 1000 };
        world.Start();
        world.Post(need, upper);
        world.Until(() => script.CallsOf(upper).Count > 2);
        world.Pass(Minute);
        world.Stop();
        Lose(need);
        script.Calls.Clear();
        world.Start();
        world.Pass(Minute);
        Assert.Empty(script.Calls);
        Assert.Equal(("waiting", FaultCode.DataLoss), (world.StatusOf(upper).State, world.StatusOf(upper).Trouble!.Code));
        Assert.Empty(world.StatesOf(upper));
    }

    [Fact]
    public void Nothing_is_taken_from_under_an_order_that_is_set_aside()
    {
        Live();
        world.Stop();
        Lose(upper);
        script.Calls.Clear();
        world.Start();
        world.Post(Actors.Cancel(need, world.Now));
        world.Pass(Minute);
        Assert.DoesNotContain(script.Calls, call => call.Verb == "undo");
        Assert.Contains("reservation 2-1 (upper, ", world.StatusOf(need).Trouble!.What, StringComparison.Ordinal);
        Assert.Equal([ReceiptState.Ok], world.StatesOf(upper));
    }

    private void Live()
    {
        world.Start();
        world.Post(need, upper);
        world.Until(() => world.Told(need, ReceiptState.Ok) && world.Told(upper, ReceiptState.Ok));
        world.Pass(Minute);
    }

    private void Lose(Reservation order) => world.Machine.Disk.Overwrite(
        Segments.NameOf(1),
        [
            .. world.ReadSegments()
                .Where(line => line.Order != order.ComputeDigest() || line.Entry is not Entry.Done)
                .SelectMany(line => line.ToBytes()),
        ]);
}
