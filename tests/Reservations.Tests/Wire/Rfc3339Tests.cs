using CsCheck;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Wire;

public sealed class Rfc3339Tests
{
    [Fact]
    public void Every_moment_reads_back() => Gen.DateTime.Sample(time =>
    {
        var moment = new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc));
        Assert.True(Rfc3339.TryParse(Rfc3339.Format(moment), out var read));
        Assert.Equal(moment, read);
        Assert.Equal(TimeSpan.Zero, read.Offset);
    });

    // The texts that Go's time.MarshalJSON gives.
    [Theory]
    [InlineData(0, "2026-01-31T12:00:00Z")]
    [InlineData(1, "2026-01-31T12:00:00.0000001Z")]
    [InlineData(1000000, "2026-01-31T12:00:00.1Z")]
    [InlineData(1234500, "2026-01-31T12:00:00.12345Z")]
    public void Trailing_zeros_are_dropped(long ticks, string text) => Assert.Equal(text, Rfc3339.Format(Samples.Created.AddTicks(ticks)));

    [Theory]
    [InlineData("2026-01-31T12:00:00Z", 0)]
    [InlineData("2026-01-31T12:00:00.0Z", 0)]
    [InlineData("2026-01-31T14:00:00+02:00", 0)]
    [InlineData("2026-01-31T06:30:00.5-05:30", 5000000)]
    [InlineData("2026-01-31T12:00:00-00:00", 0)]
    public void Offsets_are_taken_away(string text, long ticks)
    {
        Assert.True(Rfc3339.TryParse(text, out var moment));
        Assert.Equal(Samples.Created.AddTicks(ticks), moment);
        Assert.Equal(TimeSpan.Zero, moment.Offset);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-31")]
    [InlineData("2026-01-31 12:00:00Z")]
    [InlineData("2026-01-31t12:00:00z")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-01-31T12:00Z")]
    [InlineData("2026-1-31T12:00:00Z")]
    [InlineData("2026-02-30T12:00:00Z")]
    [InlineData("2026-13-01T12:00:00Z")]
    [InlineData("2026-01-31T24:00:00Z")]
    [InlineData("2026-01-31T12:00:60Z")]
    [InlineData("2026-01-31T12:00:00.Z")]
    [InlineData("2026-01-31T12:00:00,5Z")]
    [InlineData("2026-01-31T12:00:00.12345678Z")]
    [InlineData("2026-01-31T12:00:00+15:00")]
    [InlineData("2026-01-31T12:00:00+0200")]
    [InlineData("2026-01-31T12:00:00+02:60")]
    [InlineData("2026-01-31T12:00:00Z\n")]
    [InlineData(" 2026-01-31T12:00:00Z")]
    [InlineData("٢٠٢٦-01-31T12:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    public void Other_texts_are_refused(string text) => Assert.False(Rfc3339.TryParse(text, out _));
}
