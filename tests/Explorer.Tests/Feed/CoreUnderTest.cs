using Microsoft.Extensions.Time.Testing;
using Provision.Explorer.Feed;
using Provision.Explorer.Storage.Memory;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Workloads;
using Xunit;

namespace Provision.Explorer.Tests.Feed;

/// <summary>A core on a store in memory and a clock of its own, with one node registered.</summary>
internal sealed class CoreUnderTest
{
    public CoreUnderTest() => Core = new ExplorerCore(Store, Time, WorkloadCatalog.All);

    public MemoryStore Store { get; } = new("epoch");

    public FakeTimeProvider Time { get; } = new(Samples.Now);

    public ExplorerCore Core { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<CoreUnderTest> StartAsync()
    {
        var made = new CoreUnderTest();
        await made.Core.RegisterAsync(Samples.Registration(), Ct);
        return made;
    }

    public Task<SubmittedOrder> SubmitAsync(Order order) => Core.SubmitAsync(order, Ct);

    /// <summary>Sends what must be refused; nothing may have changed by it.</summary>
    public async Task<Fault> RefusedAsync(Order order)
    {
        var before = await StateAsync();
        var fault = (await Assert.ThrowsAsync<FaultException>(() => SubmitAsync(order))).Fault;
        Assert.Equal(before, await StateAsync());
        Assert.NotEmpty(fault.Problems);
        Assert.All(fault.Problems, problem => Assert.True(problem is { Reason.Length: > 0, Remedy.Length: > 0 }));
        return fault;
    }

    private async Task<(long, int)> StateAsync() =>
        ((await Store.ReadChangesAsync(Samples.Node, 0, 1, int.MaxValue, Ct)).Last,
            (await Store.ListReservationsAsync(null, null, 0, 1000, Ct)).Count);
}
