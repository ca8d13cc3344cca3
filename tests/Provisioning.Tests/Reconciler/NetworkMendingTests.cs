using Provision.Provisioning.Reconciler;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Provision.Workloads;
using Xunit;

namespace Provision.Provisioning.Tests.Reconciler;

/// <summary>Networks that somebody else damaged are whole again soon, and a machine that cannot look stops nothing.</summary>
public sealed class NetworkMendingTests : IDisposable
{
    private static readonly TimeSpan Interval = new EngineOptions().MendInterval;
    private readonly CallLog calls;
    private readonly NodeWorld world = new(WorkloadCatalog.All);

    public NetworkMendingTests() => world.Observer = calls = new CallLog(world.Time);

    public void Dispose() => world.Dispose();

    [Fact]
    public void It_looks_at_the_start_and_then_every_interval_and_says_what_it_mended()
    {
        world.Start();
        world.Pass((Interval * 3) + TimeSpan.FromSeconds(1));
        Assert.Equal(4, calls.TimesOf("networks", "mend").Count);
        Assert.Null(world.Engine.Status().Mended);

        var network = world.Post(world.Network(1));
        world.Until(() => world.Told(network, ReceiptState.Ok));
        var id = NetworkDerivation.IdOf(network.User, "web");
        world.Machine.Networks.RemoveRules(id);
        world.Pass(Interval * 2);
        var mended = world.Engine.Status().Mended!;
        Assert.Contains(id.ToString(), Assert.Single(mended.What), StringComparison.Ordinal);
        Assert.InRange(world.Now - mended.At, Interval, Interval * 2);
        Assert.Equal([ReceiptState.Ok], world.StatesOf(network));
    }

    [Fact]
    public void A_machine_that_cannot_look_is_a_trouble_until_it_can_and_stops_nothing()
    {
        calls.Fails = call => call is { Port: "networks", Verb: "mend" };
        world.Start();
        world.Pass(Interval);
        var trouble = Assert.Single(world.Engine.Status().Troubles);
        Assert.Equal((FaultCode.Unavailable, CallLog.What), (trouble.Code, trouble.Cause!.What));
        var network = world.Post(world.Network(1));
        world.Until(() => world.Told(network, ReceiptState.Ok));
        calls.Fails = _ => false;
        world.Pass(Interval);
        Assert.Empty(world.Engine.Status().Troubles);
    }

    [Fact]
    public void What_cannot_be_mended_is_a_trouble_as_long_as_it_lasts_and_not_said_to_be_mended()
    {
        world.Machine.Networks.Troubles.Add(Samples.Fault);
        world.Start();
        world.Pass(Interval * 3);
        Assert.Equal(Samples.Fault, Assert.Single(world.Engine.Status().Troubles));
        Assert.Null(world.Engine.Status().Mended);
        world.Machine.Networks.Troubles.Clear();
        world.Pass(Interval);
        Assert.Empty(world.Engine.Status().Troubles);
    }

    [Fact]
    public void A_trouble_is_said_once_when_it_begins_and_once_when_it_is_over()
    {
        var log = new LogLines<NetworkMending>();
        var mending = new NetworkMending(world.Machine, new EngineOptions(), log);
        using var stop = new CancellationTokenSource();
        Task? running = null;
        world.Pump.Post(_ => running = mending.RunAsync(stop.Token), null);
        world.Pass(Interval * 3);
        Assert.Empty(log.Lines);
        world.Machine.Networks.Troubles.Add(Samples.Fault);
        world.Pass(Interval * 3);
        Assert.Contains(Samples.Fault.Brief, Assert.Single(log.Lines).Text, StringComparison.Ordinal);
        world.Machine.Networks.Troubles.Clear();
        world.Pass(Interval * 3);
        Assert.Equal(2, log.Lines.Count);
        Assert.Contains(Samples.Fault.Brief, log.Lines[1].Text, StringComparison.Ordinal);
        Assert.NotEqual(log.Lines[0].Level, log.Lines[1].Level);
        stop.Cancel();
        Assert.True(world.Pump.Run(() => running!.IsCompleted, Interval));
    }
}
