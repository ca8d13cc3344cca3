using CsCheck;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Registration;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Wire;

/// <summary>A valid document, damaged: a reader takes it or refuses it as invalid. It never throws anything else.</summary>
public sealed class MutationTests
{
    private const string Page = """{"epoch":"e","next":9,"entries":[{"sequence":9,"content":{"reservation":{"id":"4-2","orders":[]}}}]}""";

    private static readonly byte[][] Valid =
    [
        Samples.Bytes(OrderJson.Write(Samples.Volume).Text),
        Samples.Bytes(OrderJson.Write(Samples.Cancel).Text),
        Samples.Bytes(OrderJson.Write(Samples.Extend).Text),
        Samples.Bytes(ReceiptJson.Write(Samples.Receipt).Text),
        Samples.Bytes(new FeedReservation(new ReservationId(4, 2), Samples.Volume, [Samples.Extend, Samples.Cancel]).Write().Text),
        Samples.Bytes(Page),
    ];

    // What a careless or malicious sender would put in: structure, escapes, halves of characters, huge and odd numbers.
    private static readonly Gen<byte[]> Splinter = Gen.OneOf(
        Gen.Byte.Array[1, 3],
        Gen.OneOf(
            "\"", "\\", "{", "}", "[", "]", ",", ":", "\\ud800", "\\u0000", "\0", "é", "😀",
            "null", "true", "-1", "1.5", "1e999", "18446744073709551615", "{}", "[]",
            "\"a\":1,", "\"reservation\":{},", "\"\\ud800\":1,", " ", "\n", "\u2028").Select(Samples.Bytes),
        Gen.OneOf<byte[]>([0xff], [0xc3], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf]));

    private static readonly Gen<(double Place, int Length, byte[] Splinter)> Damage = Gen.Double[0, 1].Select(Gen.Int[0, 12], Splinter);

    [Fact]
    public void A_damaged_document_is_read_or_refused() => Gen.Select(Gen.OneOf(Valid), Damage.List[1, 4]).Sample(
        (valid, damages) =>
        {
            var document = damages.Aggregate(valid, (bytes, damage) => Replace(bytes, damage.Place, damage.Length, damage.Splinter));
            Assert.All<Action<byte[]>>([ReadOrder, ReadReceipt, ReadFeed, ReadRegistrations], read => ReadOrRefuse(read, document));
        },
        iter: 20_000);

    private static byte[] Replace(byte[] bytes, double place, int length, byte[] splinter)
    {
        var start = (int)(place * bytes.Length);
        return [.. bytes[..start], .. splinter, .. bytes[Math.Min(bytes.Length, start + length)..]];
    }

    private static void ReadOrRefuse(Action<byte[]> read, byte[] document)
    {
        try
        {
            read(document);
        }
        catch (FaultException refused)
        {
            Assert.Equal(FaultCode.Invalid, refused.Fault.Code);
            Assert.NotEmpty(refused.Fault.Problems);
            var json = CanonicalJson.Build(writer => FaultJson.Write(writer, refused.Fault));
            StrictJson.Read(StrictJson.Parse(Samples.Bytes(json.Text)), "fault", FaultJson.Read);
        }
    }

    // What was read must be fit to be signed, named, and written again.
    private static void ReadOrder(byte[] document)
    {
        var order = OrderJson.Read(document);
        Assert.Equal(order, OrderJson.Read(Samples.Bytes(OrderJson.Write(order).Text)));
        Assert.False(order.ComputeDigest().IsMissing);
        _ = LeaseRules.Check(order, Samples.Created).ToList();
    }

    private static void ReadReceipt(byte[] document) => Assert.False(ReceiptJson.Read(StrictJson.Parse(document)).ComputeHash().IsMissing);

    private static void ReadFeed(byte[] document)
    {
        var element = StrictJson.Parse(document);
        ReadOrRefuse(_ => FeedReservation.Read(element).Write(), document);
        foreach (var entry in FeedPage.Read(element).Entries)
        {
            ReadOrRefuse(_ => FeedReservation.Read(entry.Content.ToElement()).Write(), document);
        }
    }

    private static void ReadRegistrations(byte[] document)
    {
        var element = StrictJson.Parse(document);
        ReadOrRefuse(_ => NodeRegistration.Read(element), document);
        FarmRegistration.Read(element);
    }
}
