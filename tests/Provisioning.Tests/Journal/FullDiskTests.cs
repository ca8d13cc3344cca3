using Provision.Provisioning.Tests.Worlds;
using Provision.Reservations;
using Xunit;

namespace Provision.Provisioning.Tests.Journal;

/// <summary>A daemon whose disk is full when it starts.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly NodeWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData("append")]
    [InlineData("flush")]
    public void It_starts_says_so_does_nothing_and_goes_on_when_there_is_room(string failing)
    {
        var disk = new DiskFaults { Failing = failing };
        world.Observer = disk;
        world.Start();
        var order = world.Post(world.Volume(1));
        world.Pass(TimeSpan.FromMinutes(1));
        Assert.Contains(world.Engine.Status().Troubles, fault => fault.What == "No space left on device");
        Assert.Empty(world.Volumes());
        Assert.Empty(world.StatesOf(order));

        disk.Failing = null;
        world.Until(() => world.Told(order, ReceiptState.Ok));
        Assert.True(world.HasVolume(order));
        Assert.Empty(world.Engine.Status().Troubles);
    }
}
