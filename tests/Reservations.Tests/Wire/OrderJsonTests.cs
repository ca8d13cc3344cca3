using CsCheck;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Wire;

public sealed class OrderJsonTests
{
    private static readonly Gen<TimeSpan> Span = Gen.Long.Select(Nanoseconds.ToSpan);
    private static readonly Gen<string> Nonce = Gen.String[Gen.Char["abcXYZ019-_"], 16, 64];

    private static readonly Gen<Reservation> Reservations = Gen.Select(
        Documents.Json,
        Documents.Moment,
        Span,
        Nonce,
        (data, created, span, nonce) =>
            Samples.Volume with { Data = CanonicalJson.Of(data), Created = created, Duration = span, Nonce = nonce });

    private static readonly Gen<Cancel> Cancels = Gen.Select(
        Documents.Moment,
        Gen.Long[1, 1L << 53],
        Gen.Bool,
        (created, counter, keep) => Samples.Cancel with { Created = created, Counter = counter, KeepData = keep });

    private static readonly Gen<Extend> Extends = Gen.Select(
        Documents.Moment,
        Gen.Long[1, 1L << 53],
        Span,
        (created, counter, span) => Samples.Extend with { Created = created, Counter = counter, Duration = span });

    private static readonly Gen<Order> Orders = Gen.OneOf<Order>(Reservations, Cancels, Extends).Select(order => Samples.User.Sign(order));

    [Fact]
    public void An_order_reads_back_byte_for_byte() => Orders.Sample(order =>
    {
        var written = OrderJson.Write(order);
        var read = OrderJson.Read(Samples.Bytes(written.Text));
        Assert.Equal(order, read);
        Assert.Equal(written, OrderJson.Write(read));
        Assert.Equal(order.ComputeDigest(), read.ComputeDigest());
    });

    [Fact]
    public void An_unsigned_order_reads_back()
    {
        Order[] signed = [Samples.Volume, Samples.Cancel, Samples.Extend];
        var orders = signed.Select(order => order with { Signature = default });
        Assert.All(orders, order => Assert.Equal(order, OrderJson.Read(Samples.Bytes(OrderJson.Write(order).Text))));
    }

    [Fact]
    public void White_space_and_HTML_on_the_way_do_not_break_a_signature()
    {
        var order = Samples.User.Sign(Samples.Volume with { Data = CanonicalJson.Of("""{"env":"<&>"}""") });
        var travelled = Replace(Replace(OrderJson.Write(order).Text, "\\u003c\\u0026\\u003e", "<&>"), "{\"env\":", "\n{ \"env\" :\t");
        Assert.NotEqual(OrderJson.Write(order).Text, travelled);
        OrderVerifier.Verify((Reservation)OrderJson.Read(Samples.Bytes(travelled)));
    }

    [Fact]
    public void A_moment_in_another_zone_is_the_same_order()
    {
        var travelled = Replace(OrderJson.Write(Samples.Extend).Text, "2026-02-01T12:00:00Z", "2026-02-01T14:00:00.000+02:00");
        Assert.Equal(Samples.Extend, OrderJson.Read(Samples.Bytes(travelled)));
    }

    [Fact]
    public void What_the_explorer_gives_may_be_left_out()
    {
        var bare = Replace(Replace(OrderJson.Write(Samples.Volume).Text, "\"id\":\"\",", ""), "\"to_delete\":false,", "");
        Assert.Equal(Samples.Volume, OrderJson.Read(Samples.Bytes(bare)));
    }

    [Fact]
    public void A_cancel_destroys_unless_it_says_otherwise()
    {
        var plain = Replace(OrderJson.Write(Samples.Cancel).Text, "\"keep_data\":true,", "");
        Assert.False(((Cancel)OrderJson.Read(Samples.Bytes(plain))).KeepData);
    }

    private static string Replace(string json, string part, string other)
    {
        Assert.Contains(part, json, StringComparison.Ordinal);
        return json.Replace(part, other, StringComparison.Ordinal);
    }
}
