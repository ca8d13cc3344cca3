using Provision.Machine;
using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Workloads;
using Provision.Workloads.Conformance;
using Xunit;

namespace Provision.Provisioning.Tests.Admission;

/// <summary>A node runs without the kinds for which its machine lacks something, and says so.</summary>
public sealed class LackingTests : IDisposable
{
    private static readonly Fault NoRules = new(FaultCode.Unavailable, "nft is not installed", "Install it.");
    private readonly NodeWorld world = new(WorkloadCatalog.All);

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_whole_machine_offers_every_kind()
    {
        world.Start();
        world.Until(() => world.Explorer.Inner.Registered is not null);
        Assert.Equal("volume network container", world.Explorer.Inner.Registered?.Kinds);
        Assert.Empty(world.Engine.Status().Lacking);
    }

    [Theory]
    [InlineData(Ability.Volumes, "network container")]
    [InlineData(Ability.Images, "volume network")]
    [InlineData(Ability.Networks, "volume container")]
    [InlineData(Ability.Containers, "volume network")]
    public void The_registration_names_the_kinds_that_are_left(Ability ability, string kinds)
    {
        world.Machine.Lacking[ability] = NoRules;
        world.Start();
        world.Until(() => world.Explorer.Inner.Registered is not null);
        Assert.Equal(kinds, world.Explorer.Inner.Registered?.Kinds);
        var lack = Assert.Single(world.Engine.Status().Lacking);
        Assert.Equal((ability, NoRules), (lack.Ability, lack.Fault));
        Assert.DoesNotContain(lack.Kinds, kinds.Split(' ').Contains);
    }

    [Fact]
    public void An_order_of_such_a_kind_is_refused_for_good_by_name_and_the_others_are_carried_out()
    {
        world.Machine.Lacking[Ability.Networks] = NoRules;
        world.Start();
        var (network, volume) = (world.Network(1), world.Volume(2));
        world.Post(network, volume);
        world.Until(() => world.Told(volume, ReceiptState.Ok) && world.Told(network, ReceiptState.Refused));
        var fault = world.LastReceipt(network).Fault!;
        Assert.Equal(FaultCode.Unavailable, fault.Code);
        Assert.Contains("the kind network: nft is not installed", fault.What, StringComparison.Ordinal);
        Assert.Contains("another node", fault.Remedy, StringComparison.Ordinal);
        Assert.Equal("/reservation/type", Assert.Single(fault.Problems).Pointer);

        world.Machine.Lacking.Clear();
        world.Restart();
        var again = world.Post(world.Network(3));
        world.Until(() => world.Told(again, ReceiptState.Ok));
        Assert.True(world.Told(network, ReceiptState.Refused));
        Assert.Equal("volume network container", world.Explorer.Inner.Registered?.Kinds);
    }

    [Fact]
    public void What_is_wrong_with_an_order_is_said_before_what_the_machine_lacks()
    {
        world.Machine.Lacking[Ability.Volumes] = NoRules;
        world.Start();
        var volume = world.Post(world.Volume(1, gib: 0));
        world.Until(() => world.Told(volume, ReceiptState.Refused));
        Assert.Equal(FaultCode.Invalid, world.LastReceipt(volume).Fault!.Code);
    }

    [Fact]
    public void What_lives_is_kept_and_degraded_until_the_lack_is_gone()
    {
        world.Start();
        var network = world.Post(world.Network(1));
        world.Until(() => world.Told(network, ReceiptState.Ok));

        world.Machine.Lacking[Ability.Networks] = NoRules;
        world.Restart();
        world.Until(() => world.Told(network, ReceiptState.Degraded));
        Assert.Contains("nft is not installed", world.LastReceipt(network).Fault!.What, StringComparison.Ordinal);
        world.Pass(NodeWorld.Lease / 2);
        Assert.Equal([ReceiptState.Ok, ReceiptState.Degraded], world.StatesOf(network));
        Assert.Equal("degraded", world.StatusOf(network).State);
        Assert.Equal([network.ComputeDigest()], Networks());

        // It takes no new user either.
        var member = world.Post(world.Member(2));
        world.Until(() => world.Told(member, ReceiptState.Refused));
        Assert.Contains("the kind network", world.LastReceipt(member).Fault!.What, StringComparison.Ordinal);

        world.Restart();
        world.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal([ReceiptState.Ok, ReceiptState.Degraded], world.StatesOf(network));

        world.Machine.Lacking.Clear();
        world.Restart();
        world.Until(() => world.Told(network, ReceiptState.Ok));
    }

    [Fact]
    public void A_container_that_runs_runs_on_and_one_that_ends_is_not_started_again()
    {
        world.Start();
        var container = world.Post(world.Container(1, "sleep 1000000"));
        world.Until(() => world.Told(container, ReceiptState.Ok));

        world.Machine.Lacking[Ability.Containers] = NoRules;
        world.Restart();
        world.Until(() => world.Told(container, ReceiptState.Degraded));
        Assert.True(Assert.Single(world.Containers()).Runs);

        world.Reboot();
        world.Pass(NodeWorld.Lease / 2);
        Assert.False(Assert.Single(world.Containers()).Runs);

        world.Machine.Lacking.Clear();
        world.Restart();
        world.Until(() => world.Told(container, ReceiptState.Ok));
    }

    [Fact]
    public void What_lives_can_be_cancelled_and_goes_at_the_end_of_its_lease()
    {
        world.Start();
        var (network, other) = (world.Network(1), world.Network(2, name: "other"));
        world.Post(network, other);
        world.Until(() => world.Told(network, ReceiptState.Ok) && world.Told(other, ReceiptState.Ok));

        world.Machine.Lacking[Ability.Networks] = NoRules;
        world.Restart();
        world.Post(Actors.Cancel(network, world.Now));
        world.Until(() => world.Told(network, ReceiptState.Deleted));
        Assert.Equal([other.ComputeDigest()], Networks());
        world.Until(() => world.Told(other, ReceiptState.Deleted), NodeWorld.Lease + TimeSpan.FromMinutes(1));
        Assert.Empty(Networks());
    }

    private IReadOnlyList<Digest> Networks()
    {
        IReadOnlyList<Digest> holders = [];
        world.Pump.Run(
            async () => holders = [.. (await world.Machine.Networks.ListAsync(default)).SelectMany(network => network.Holders)],
            NodeWorld.Limit);
        return holders;
    }
}
