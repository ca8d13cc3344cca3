using Provision.Reservations.Faults;
using Provision.Reservations.Registration;
using Xunit;

namespace Provision.Explorer.Tests.Feed;

public sealed class RegisterTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_older_registration_is_done_and_changes_nothing()
    {
        var explorer = await CoreUnderTest.StartAsync();
        await explorer.Core.RegisterAsync(Samples.Registration(kinds: "old", created: Samples.Now.AddDays(-1)), Ct);
        Assert.Equal([Samples.Registration()], await explorer.Core.ListNodesAsync("", Ct));
    }

    [Fact]
    public async Task Bad_registrations_are_refused()
    {
        var explorer = await CoreUnderTest.StartAsync();
        async Task<(FaultCode, string)> RefusedAsync(NodeRegistration node)
        {
            var fault = (await Assert.ThrowsAsync<FaultException>(() => explorer.Core.RegisterAsync(node, Ct))).Fault;
            return (fault.Code, Assert.Single(fault.Problems).Pointer);
        }

        Assert.Equal((FaultCode.Invalid, "/created"), await RefusedAsync(Samples.Registration(created: Samples.Now.AddMinutes(6))));
        Assert.Equal((FaultCode.Invalid, "/kinds"), await RefusedAsync(Samples.Registration(kinds: "volume  debug")));
        Assert.Equal((FaultCode.Invalid, "/kinds"), await RefusedAsync(Samples.Registration(kinds: "vol\u001bume")));
        Assert.Equal((FaultCode.BadSignature, "/signature"), await RefusedAsync(Samples.Registration() with { Kinds = "debug" }));
        Assert.Equal((FaultCode.BadSignature, "/signature"), await RefusedAsync(Samples.Registration() with { Offer = Samples.Offer }));
        Assert.Equal([Samples.Registration()], await explorer.Core.ListNodesAsync("", Ct));
    }

    [Fact]
    public async Task A_node_may_offer_nothing_for_a_while()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var closed = Samples.Registration(kinds: "", created: Samples.Now.AddSeconds(1), offer: Samples.Offer);
        await explorer.Core.RegisterAsync(closed, Ct);
        Assert.Equal(closed, await explorer.Core.FindNodeAsync(Samples.Node, Ct));

        var fault = (await Assert.ThrowsAsync<FaultException>(() => explorer.Core.SubmitAsync(Samples.Volume(), Ct))).Fault;
        var problem = Assert.Single(fault.Problems);
        Assert.Equal("/reservation/type", problem.Pointer);
        Assert.Contains("nothing now", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_farm_is_renamed_by_its_farmer_only()
    {
        var explorer = await CoreUnderTest.StartAsync();
        await explorer.Core.RegisterAsync(Samples.Farm(), Ct);
        var forged = Samples.Farm("Mine", Samples.Now.AddSeconds(1)).Sign(Samples.Bob);
        Assert.Equal(
            FaultCode.BadSignature, (await Assert.ThrowsAsync<FaultException>(() => explorer.Core.RegisterAsync(forged, Ct))).Fault.Code);
        await explorer.Core.RegisterAsync(Samples.Farm("Ours", Samples.Now.AddSeconds(1)), Ct);
        Assert.Equal("Ours", Assert.Single(await explorer.Core.ListFarmsAsync("", Ct)).Name);
    }
}
