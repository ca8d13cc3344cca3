using CsCheck;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Registration;
using Provision.Reservations.Tests.Fuzz;
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

    [Fact]
    public void A_damaged_document_is_read_or_refused() => Damage.Hits(Valid).Sample(
        document => Assert.All<Action<byte[]>>([ReadOrder, ReadReceipt, ReadFeed, ReadRegistrations], read => ReadOrRefuse(read, document)),
        iter: 20_000);

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
