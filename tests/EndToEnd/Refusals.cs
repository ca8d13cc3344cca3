using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.EndToEnd;

/// <summary>Orders that a node refuses.</summary>
internal static class Refusals
{
    /// <summary>Orders, and returns what the node says about the one field that is wrong.</summary>
    public static async Task<Problem> RefusedAsync(
        this TestGrid grid, Reservation draft, FaultCode code, string field, KeyPair? user = null)
    {
        var receipts = await grid.HistoryAsync(await grid.SubmitAsync(draft, user), ReceiptState.Refused);
        receipts[0].Verify();
        Assert.Equal(code, receipts[0].Fault!.Code);
        var problem = Assert.Single(receipts[0].Fault!.Problems);
        Assert.Equal($"/reservation/data/{field}", problem.Pointer);
        Assert.NotEqual("", problem.Remedy);
        return problem;
    }
}
