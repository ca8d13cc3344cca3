using CsCheck;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Tests.Wire;
using Provision.Reservations.Wire;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Reservations.Tests.Feed;

public sealed class FeedPageTests
{
    private static readonly Gen<FeedEntry> Entries =
        Gen.Select(Gen.Long[1, long.MaxValue], Documents.Json, (sequence, content) => new FeedEntry(sequence, CanonicalJson.Of(content)));

    private static readonly Gen<FeedPage> Pages = Gen.Select(
        Gen.String[Gen.Char.AlphaNumeric, 0, 64],
        Gen.Long[0, long.MaxValue],
        Entries.List[0, FeedPage.EntriesMax],
        (epoch, last, found) =>
        {
            var entries = found.DistinctBy(entry => entry.Sequence).OrderBy(entry => entry.Sequence).ToList();
            return new FeedPage(new FeedCursor(epoch, entries.LastOrDefault()?.Sequence ?? last), entries);
        });

    [Fact]
    public void A_page_reads_back() => Pages.Sample(page =>
    {
        var read = Read(CanonicalJson.Build(page.Write).Text);
        Assert.Equal(page.Next, read.Next);
        Assert.Equal(page.Entries, read.Entries);
    });

    [Fact]
    public void The_form_is_fixed() => Assert.Equal(
        """{"epoch":"e1","next":7,"entries":[{"sequence":7,"content":{"a":1}}]}""",
        CanonicalJson.Build(new FeedPage(new FeedCursor("e1", 7), [new FeedEntry(7, CanonicalJson.Of("""{"a": 1}"""))]).Write).Text);

    [Theory]
    [InlineData("""{"epoch":"e","next":99,"entries":[{"sequence":7,"content":{}}]}""", "/next")]
    [InlineData("""{"epoch":"e","next":1,"entries":[{"sequence":7,"content":{}}]}""", "/next")]
    [InlineData("""{"epoch":"e","next":7,"entries":[{"sequence":8,"content":{}},{"sequence":7,"content":{}}]}""", "/entries")]
    [InlineData("""{"epoch":"e","next":7,"entries":[{"sequence":7,"content":{}},{"sequence":7,"content":{}}]}""", "/entries")]
    public void A_page_that_was_cut_or_reordered_is_refused(string page, string pointer) =>
        Assert.Equal(pointer, Assert.Single(Samples.Refused(FaultCode.Invalid, () => Read(page)).Problems).Pointer);

    [Fact]
    public void The_start_is_before_every_change() => Assert.Equal(new FeedCursor("", 0), FeedCursor.Start);

    [Fact]
    public void One_bad_entry_does_not_spoil_its_page()
    {
        var good = new FeedReservation(new ReservationId(1, 1), Samples.Volume, []).Write().Text;
        var entries = """{"sequence":1,"content":{"odd":true}},{"sequence":2,"content":""" + good + "}";
        var page = Read($$"""{"epoch":"e","next":2,"entries":[{{entries}}]}""");
        Samples.Refused(FaultCode.Invalid, () => FeedReservation.Read(page.Entries[0].Content.ToElement()));
        Assert.Equal(Samples.Volume, FeedReservation.Read(page.Entries[1].Content.ToElement()).Reservation);
    }

    [Fact]
    public void Whatever_order_was_taken_fits_a_page_with_all_that_may_follow_it()
    {
        var (depth, size) = (Reservation.DataDepthMax, Reservation.DataSizeMax);
        var data = $"{new string('[', depth)}\"{new string('x', size - (2 * depth) - 2)}\"{new string(']', depth)}";
        var order = Samples.User.Sign(Samples.Volume with { Data = CanonicalJson.Of(data) });
        var late = Samples.Created.AddTicks(1);
        var longest = Samples.Extend with { Counter = 1L << 53, Created = late, Duration = TimeSpan.FromDays(36500) };
        var follow = Enumerable.Repeat<FollowUp>(longest, FeedReservation.FollowUpsMax).ToList();
        var entry = new FeedReservation(new ReservationId(ulong.MaxValue, ulong.MaxValue), order, follow);
        var page = Read(CanonicalJson.Build(new FeedPage(new FeedCursor("e", 1), [new FeedEntry(1, entry.Write())]).Write).Text);
        Assert.Equal(order, FeedReservation.Read(page.Entries[0].Content.ToElement()).Reservation);
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("""{"next":1,"entries":[]}""", "/epoch")]
    [InlineData("""{"epoch":"e","entries":[]}""", "/next")]
    [InlineData("""{"epoch":"e","next":-1,"entries":[]}""", "/next")]
    [InlineData("""{"epoch":"e","next":1}""", "/entries")]
    [InlineData("""{"epoch":"e","next":1,"entries":{}}""", "/entries")]
    [InlineData("""{"epoch":"e","next":1,"entries":[7]}""", "/entries/0")]
    [InlineData("""{"epoch":"e","next":1,"entries":[{"sequence":1,"content":{}},{"sequence":0,"content":{}}]}""", "/entries/1/sequence")]
    [InlineData("""{"epoch":"e","next":1,"entries":[{"sequence":1}]}""", "/entries/0/content")]
    [InlineData("""{"epoch":"e","next":1,"entries":[{"sequence":1,"content":{},"more":1}]}""", "/entries/0/more")]
    [InlineData("""{"epoch":"e","next":1,"entries":[],"more":1}""", "/more")]
    public void A_bad_page_is_refused_by_name(string json, string pointer) =>
        Assert.Equal([pointer], Samples.Pointers(() => Read(json)));

    [Fact]
    public void A_page_has_a_bound()
    {
        var entries = string.Join(',', Enumerable.Repeat("""{"sequence":1,"content":1}""", FeedPage.EntriesMax + 1));
        Assert.Equal(["/entries"], Samples.Pointers(() => Read($$"""{"epoch":"e","next":1,"entries":[{{entries}}]}""")));
    }

    private static FeedPage Read(string json) => FeedPage.Read(StrictJson.Parse(Samples.Bytes(json)));
}
