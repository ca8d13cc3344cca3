using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Explorer.Tests.Feed;

public sealed class SubmitTests
{
    [Fact]
    public async Task A_good_order_gets_the_next_alias()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var order = Samples.Volume();
        var answer = await explorer.SubmitAsync(order);
        Assert.Equal((order.ComputeDigest(), "1-1", true), (answer.Digest, answer.Id.ToString(), answer.Created));
        Assert.Equal("2-1", (await explorer.SubmitAsync(Samples.Volume())).Id.ToString());
    }

    [Fact]
    public async Task The_same_order_twice_is_one_reservation_even_when_its_lease_is_over()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var order = Samples.Volume();
        var first = await explorer.SubmitAsync(order);
        Assert.Equal(first with { Created = false }, await explorer.SubmitAsync(order));
        explorer.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(first with { Created = false }, await explorer.SubmitAsync(order));
    }

    [Fact]
    public async Task A_nonce_with_other_content_is_a_conflict()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var order = Samples.Volume();
        await explorer.SubmitAsync(order);
        var fault = await explorer.RefusedAsync(Samples.Alice.Sign(order with { Duration = TimeSpan.FromHours(2) }));
        Assert.Equal((FaultCode.Conflict, "/reservation/nonce"), (fault.Code, fault.Problems[0].Pointer));
    }

    [Fact]
    public async Task A_known_order_with_a_bad_signature_is_refused_all_the_same()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var order = Samples.Volume();
        await explorer.SubmitAsync(order);
        Assert.Equal(FaultCode.BadSignature, (await explorer.RefusedAsync(order with { Signature = default })).Code);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("foreign")]
    [InlineData("one byte of the content")]
    [InlineData("one byte of the signature")]
    public async Task A_bad_signature_is_refused(string spoiled)
    {
        var explorer = await CoreUnderTest.StartAsync();
        var good = Samples.Volume();
        var bytes = good.Signature.ToBytes();
        bytes[7] ^= 1;
        var fault = await explorer.RefusedAsync(spoiled switch
        {
            "missing" => good with { Signature = default },
            "foreign" => Samples.Bob.Sign(good),
            "one byte of the content" => good with { Data = CanonicalJson.Of("""{"size":2,"type":"SSD"}""") },
            _ => good with { Signature = Signature.Of(bytes) },
        });
        Assert.Equal((FaultCode.BadSignature, "/reservation/signature"), (fault.Code, fault.Problems[0].Pointer));
    }

    [Fact]
    public async Task Expired_and_future_orders_are_refused()
    {
        var explorer = await CoreUnderTest.StartAsync();
        Assert.Equal(["/reservation/duration"], await PointersAsync(explorer, Samples.Unsigned(created: Samples.Now.AddHours(-2))));
        Assert.Equal(["/reservation/created"], await PointersAsync(explorer, Samples.Unsigned(created: Samples.Now.AddMinutes(6))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4000)]
    public async Task A_lease_of_impossible_length_is_refused(int days)
    {
        var explorer = await CoreUnderTest.StartAsync();
        var pointers = await PointersAsync(explorer, Samples.Unsigned() with { Duration = TimeSpan.FromDays(days) });
        Assert.Equal("/reservation/duration", pointers.Distinct().Single());
    }

    [Fact]
    public async Task A_lease_whose_nanoseconds_overflow_is_refused_unsigned_as_it_must_be()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var fault = await explorer.RefusedAsync(Samples.Unsigned() with { Duration = TimeSpan.FromDays(300 * 365) });
        Assert.Equal("/reservation/duration", Assert.Single(fault.Problems).Pointer);
    }

    [Theory]
    [InlineData("""{"size":0,"type":"SSD"}""", "/reservation/data/size")]
    [InlineData("""{"size":18446744073709551615,"type":"SSD"}""", "/reservation/data/size")]
    [InlineData("""{"size":1.5,"type":"SSD"}""", "/reservation/data/size")]
    [InlineData("""{"size":"1","type":"SSD"}""", "/reservation/data/size")]
    [InlineData("""{"size":1,"type":"SSD","colour":"red"}""", "/reservation/data/colour")]
    [InlineData("""{"size":1,"type":"\u0000"}""", "/reservation/data/type")]
    [InlineData("""{"size":1,"type":"\ud800"}""", "/reservation/data/type")]
    [InlineData("""[]""", "/reservation/data")]
    public async Task Bad_data_is_refused_with_its_place(string data, string pointer)
    {
        var explorer = await CoreUnderTest.StartAsync();
        Assert.Equal([pointer], await PointersAsync(explorer, Samples.Unsigned() with { Data = CanonicalJson.Of(data) }));
    }

    [Fact]
    public async Task Everything_wrong_is_told_together()
    {
        var explorer = await CoreUnderTest.StartAsync();
        var pointers = await PointersAsync(explorer, Samples.Unsigned(node: Samples.OtherNode) with
        {
            Duration = TimeSpan.Zero,
            Data = CanonicalJson.Of("""{"size":0,"type":"tape"}"""),
        });
        Assert.Equal(
            ["/reservation/data/size", "/reservation/data/type", "/reservation/duration", "/reservation/node_id"],
            pointers.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Unknown_kinds_and_nodes_are_refused()
    {
        var explorer = await CoreUnderTest.StartAsync();
        Assert.Equal(["/reservation/type"], await PointersAsync(explorer, Samples.Unsigned() with { Kind = "spaceship" }));
        Assert.Equal(["/reservation/node_id"], await PointersAsync(explorer, Samples.Unsigned(node: Samples.OtherNode)));
    }

    [Fact]
    public async Task A_kind_that_the_node_does_not_provide_is_refused()
    {
        var explorer = await CoreUnderTest.StartAsync();
        await explorer.Core.RegisterAsync(
            Samples.Registration(Samples.OtherNodeKey, "debug volumes"), TestContext.Current.CancellationToken);
        Assert.Equal(["/reservation/type"], await PointersAsync(explorer, Samples.Unsigned(node: Samples.OtherNode)));
    }

    private static async Task<IEnumerable<string>> PointersAsync(CoreUnderTest explorer, Reservation unsigned)
    {
        var fault = await explorer.RefusedAsync(Samples.Alice.Sign(unsigned));
        Assert.Equal(FaultCode.Invalid, fault.Code);
        return fault.Problems.Select(problem => problem.Pointer);
    }
}
