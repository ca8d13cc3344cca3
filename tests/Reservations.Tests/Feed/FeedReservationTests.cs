using Provision.Reservations.Feed;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Feed;

public sealed class FeedReservationTests
{
    private static readonly string Volume = OrderJson.Write(Samples.Volume).Text;
    private static readonly string Cancel = OrderJson.Write(Samples.Cancel).Text;

    [Fact]
    public void A_reservation_reads_back_with_what_followed_it()
    {
        var entry = new FeedReservation(new ReservationId(3, 1), Samples.Volume, [Samples.Extend, Samples.Cancel]);
        var read = FeedReservation.Read(entry.Write().ToElement());
        Assert.Equal((entry.Id, entry.Reservation), (read.Id, read.Reservation));
        Assert.Equal(entry.FollowUps, read.FollowUps);
    }

    [Fact]
    public void A_reservation_alone_reads_back() =>
        Assert.Empty(FeedReservation.Read(new FeedReservation(new ReservationId(3, 1), Samples.Volume, []).Write().ToElement()).FollowUps);

    [Fact]
    public void The_reservation_comes_first_and_once()
    {
        const string Orders = "/reservation/orders";
        Assert.Equal([Orders], Pointers(Content("")));
        Assert.Equal([Orders], Pointers(Content(Cancel)));
        Assert.Equal([Orders], Pointers(Content($"{Cancel},{Volume}")));
        Assert.Equal([Orders], Pointers(Content($"{Volume},{Volume}")));
    }

    [Fact]
    public void A_bad_order_is_named_with_its_place()
    {
        var bad = Cancel.Replace("\"counter\":2", "\"counter\":0", StringComparison.Ordinal);
        Assert.Equal(["/reservation/orders/1/cancel/counter"], Pointers(Content($"{Volume},{bad}")));
        Assert.Equal(["/reservation/orders/1"], Pointers(Content($"{Volume},7")));
        Assert.Equal(["/reservation/orders/1"], Pointers(Content($$"""{{Volume}},{}""")));
    }

    [Theory]
    [InlineData("7", "")]
    [InlineData("{}", "/reservation")]
    [InlineData("""{"session":{}}""", "/reservation", "/session")]
    [InlineData("""{"reservation":{}}""", "/reservation/id", "/reservation/orders", "/reservation/orders")]
    [InlineData("""{"reservation":[]}""", "/reservation")]
    public void Other_content_is_refused(string json, params string[] pointers) => Assert.Equal(pointers, Pointers(json));

    [Fact]
    public void What_follows_has_a_bound()
    {
        var orders = string.Join(',', Enumerable.Repeat("1", FeedReservation.FollowUpsMax + 2));
        Assert.Contains("/reservation/orders", Pointers(Content(orders)));
    }

    private static string Content(string orders) => $$$"""{"reservation":{"id":"3-1","orders":[{{{orders}}}]}}""";

    private static IEnumerable<string> Pointers(string json) =>
        Samples.Pointers(() => FeedReservation.Read(StrictJson.Parse(Samples.Bytes(json))));
}
