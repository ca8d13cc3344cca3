using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Conformance;

/// <summary>What every machine says of what it cannot do.</summary>
public abstract class AbilityConformance
{
    /// <summary>A machine that lacks what these need, and nothing else; whoever made it takes it away.</summary>
    protected abstract ValueTask<IMachine> OpenAsync(params IReadOnlyList<Ability> without);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_whole_machine_lacks_nothing() => Assert.Empty((await OpenAsync()).Lacking);

    [Theory]
    [InlineData(Ability.Volumes, Ability.Images)]
    [InlineData(Ability.Networks)]
    [InlineData(Ability.Containers)]
    [InlineData(Ability.Volumes, Ability.Images, Ability.Networks, Ability.Containers)]
    public async Task What_a_machine_lacks_it_says_with_the_remedy_and_what_is_there_is_listed(params Ability[] without)
    {
        var machine = await OpenAsync(without);

        Assert.Equal(without.Order(), machine.Lacking.Keys.Order());
        Assert.All(machine.Lacking.Values, fault => Assert.Equal(FaultCode.Unavailable, fault.Code));
        Assert.All(machine.Lacking.Values, fault => Assert.False(string.IsNullOrEmpty(fault.What) || string.IsNullOrEmpty(fault.Remedy)));
        Assert.Equal(!without.Contains(Ability.Volumes), (await machine.Storage.ListPoolsAsync(Ct)).Count == 1);
        Assert.Empty(await machine.Storage.ListVolumesAsync(Ct));
        Assert.Empty(await machine.Images.ListAsync(Ct));
        Assert.Empty(await machine.Networks.ListAsync(Ct));
        Assert.Empty(await machine.Containers.ListAsync(Ct));
        Assert.Empty(await machine.Disk.ListAsync(Ct));
    }
}
