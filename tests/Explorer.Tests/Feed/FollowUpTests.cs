using Provision.Explorer.Feed;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Explorer.Tests.Feed;

public sealed class FollowUpTests
{
    [Fact]
    public async Task A_cancel_is_taken_and_repeating_it_changes_nothing()
    {
        var (explorer, digest) = await OrderedAsync();
        var cancel = Samples.Cancel(digest);
        var first = await explorer.SubmitAsync(cancel);
        Assert.Equal((cancel.ComputeDigest(), "1-1", true), (first.Digest, first.Id.ToString(), first.Created));
        Assert.Equal(first with { Created = false }, await explorer.SubmitAsync(cancel));
        Assert.True((await explorer.SubmitAsync(Samples.Cancel(digest, 2))).Created);
    }

    [Fact]
    public async Task A_counter_that_was_used_is_a_conflict_that_names_the_last_one()
    {
        var (explorer, digest) = await OrderedAsync();
        await explorer.SubmitAsync(Samples.Extend(digest, 41));
        var fault = await explorer.RefusedAsync(Samples.Cancel(digest, 41));
        Assert.Equal((FaultCode.Conflict, "/cancel/counter"), (fault.Code, fault.Problems[0].Pointer));
        Assert.Contains("41", fault.Problems[0].Reason, StringComparison.Ordinal);
        Assert.Contains("42", fault.Problems[0].Remedy, StringComparison.Ordinal);
        Assert.True((await explorer.SubmitAsync(Samples.Cancel(digest, 42))).Created);
    }

    [Fact]
    public async Task Nobody_cancels_for_somebody_else()
    {
        var (explorer, digest) = await OrderedAsync();
        Assert.Equal(FaultCode.Denied, (await explorer.RefusedAsync(Samples.Cancel(digest, user: Samples.Bob))).Code);
        var forged = Samples.Bob.Sign(Samples.Cancel(digest));
        Assert.Equal(FaultCode.BadSignature, (await explorer.RefusedAsync(forged)).Code);
    }

    [Fact]
    public async Task What_follows_nothing_is_not_found()
    {
        var (explorer, _) = await OrderedAsync();
        var fault = await explorer.RefusedAsync(Samples.Cancel(Samples.Volume().ComputeDigest()));
        Assert.Equal((FaultCode.NotFound, "/cancel/reservation"), (fault.Code, fault.Problems[0].Pointer));
    }

    [Fact]
    public async Task A_lease_that_ended_is_not_extended_but_one_that_was_extended_in_time_is()
    {
        var (explorer, digest) = await OrderedAsync();
        await explorer.SubmitAsync(Samples.Extend(digest, 1, TimeSpan.FromHours(2)));
        explorer.Time.Advance(TimeSpan.FromMinutes(90));
        await explorer.SubmitAsync(Samples.Extend(digest, 2, TimeSpan.FromHours(3)));
        explorer.Time.Advance(TimeSpan.FromMinutes(90));
        Assert.Equal(FaultCode.Conflict, (await explorer.RefusedAsync(Samples.Extend(digest, 3, TimeSpan.FromHours(9)))).Code);
        Assert.False((await explorer.SubmitAsync(Samples.Extend(digest, 2, TimeSpan.FromHours(3)))).Created);
        Assert.True((await explorer.SubmitAsync(Samples.Cancel(digest, 3))).Created);
    }

    [Fact]
    public async Task A_cancelled_lease_is_not_extended()
    {
        var (explorer, digest) = await OrderedAsync();
        await explorer.SubmitAsync(Samples.Cancel(digest));
        Assert.Equal(FaultCode.Conflict, (await explorer.RefusedAsync(Samples.Extend(digest, 2))).Code);
    }

    [Fact]
    public async Task A_lease_that_is_over_is_extended_while_its_data_is_kept()
    {
        var (explorer, digest) = await OrderedAsync();
        var ct = TestContext.Current.CancellationToken;
        var order = (await explorer.Core.FindAsync(digest, ct))!.Orders.Reservation;
        await explorer.SubmitAsync(Samples.Alice.Sign(Samples.Cancel(digest) with { KeepData = true }));
        await explorer.Core.AcceptReceiptsAsync(Samples.Node, [Samples.Receipt(order, 1, ReceiptState.Expired)], ct);
        Assert.Equal(ReservationStatus.Expired, (await explorer.Core.FindAsync(digest, ct))!.Status);

        await explorer.SubmitAsync(Samples.Extend(digest, 2, TimeSpan.FromHours(2)));
        await explorer.Core.AcceptReceiptsAsync(Samples.Node, [Samples.Receipt(order, 2)], ct);
        Assert.Equal(ReservationStatus.Live, (await explorer.Core.FindAsync(digest, ct))!.Status);
    }

    [Theory]
    [InlineData(true, ReceiptState.Ok, ReceiptState.Expired, ReceiptState.Degraded)]
    [InlineData(true, ReceiptState.Expired, ReceiptState.Degraded, ReceiptState.Error)]
    [InlineData(false, ReceiptState.Expired, ReceiptState.Ok, ReceiptState.Degraded)]
    [InlineData(false, ReceiptState.Expired, ReceiptState.Deleted)]
    [InlineData(false, ReceiptState.Degraded)]
    public async Task Trouble_with_kept_data_does_not_end_that_it_is_kept(bool kept, params ReceiptState[] said)
    {
        var (explorer, digest) = await OrderedAsync();
        var ct = TestContext.Current.CancellationToken;
        var order = (await explorer.Core.FindAsync(digest, ct))!.Orders.Reservation;
        await explorer.Core.AcceptReceiptsAsync(
            Samples.Node, [.. said.Select((state, index) => Samples.Receipt(order, index + 1, state))], ct);
        explorer.Time.Advance(TimeSpan.FromMinutes(90));
        var extend = Samples.Extend(digest, 1, TimeSpan.FromHours(2));
        if (kept)
        {
            Assert.True((await explorer.SubmitAsync(extend)).Created);
        }
        else
        {
            Assert.Equal(FaultCode.Conflict, (await explorer.RefusedAsync(extend)).Code);
        }
    }

    [Fact]
    public async Task A_lease_does_not_become_shorter_but_by_a_cancel()
    {
        var (explorer, digest) = await OrderedAsync();
        await explorer.SubmitAsync(Samples.Extend(digest, 1, TimeSpan.FromHours(3)));
        var fault = await explorer.RefusedAsync(Samples.Extend(digest, 2, TimeSpan.FromHours(2)));
        Assert.Equal((FaultCode.Invalid, "/extend/duration"), (fault.Code, fault.Problems[0].Pointer));
        Assert.True((await explorer.SubmitAsync(Samples.Extend(digest, 2, TimeSpan.FromHours(3)))).Created);
    }

    [Fact]
    public async Task Whose_a_reservation_is_nobody_learns_who_does_not_sign()
    {
        var (explorer, digest) = await OrderedAsync();
        var owners = Samples.Cancel(digest) with { Signature = Samples.Bob.Sign([1]) };
        var others = owners with { User = new UserId(Samples.Bob.PublicKey) };
        Assert.Equal(FaultCode.BadSignature, (await explorer.RefusedAsync(owners)).Code);
        Assert.Equal(FaultCode.BadSignature, (await explorer.RefusedAsync(others)).Code);
        Assert.Equal(FaultCode.Denied, (await explorer.RefusedAsync(Samples.Bob.Sign(others))).Code);
    }

    [Fact]
    public async Task An_extend_whose_nanoseconds_overflow_is_refused()
    {
        var (explorer, digest) = await OrderedAsync();
        var fault = await explorer.RefusedAsync(Samples.Extend(digest) with { Duration = TimeSpan.FromDays(300 * 365) });
        Assert.Equal((FaultCode.Invalid, "/extend/duration"), (fault.Code, fault.Problems[0].Pointer));
    }

    private static async Task<(CoreUnderTest Explorer, Digest Digest)> OrderedAsync()
    {
        var explorer = await CoreUnderTest.StartAsync();
        return (explorer, (await explorer.SubmitAsync(Samples.Volume())).Digest);
    }
}
