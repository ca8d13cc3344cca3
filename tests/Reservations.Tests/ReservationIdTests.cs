using CsCheck;
using Xunit;

namespace Provision.Reservations.Tests;

public sealed class ReservationIdTests
{
    [Fact]
    public void Every_pair_of_numbers_reads_back() => Gen.Select(Gen.ULong, Gen.ULong).Sample((reservation, workload) =>
    {
        var id = new ReservationId(reservation, workload);
        Assert.True(ReservationId.TryParse(id.ToString(), out var read));
        Assert.Equal(id, read);
    });

    [Fact]
    public void The_largest_numbers_fit() =>
        Assert.Equal("18446744073709551615-0", new ReservationId(ulong.MaxValue, 0).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("-")]
    [InlineData("1-")]
    [InlineData("-1")]
    [InlineData("1--2")]
    [InlineData("1-2-3")]
    [InlineData("+1-2")]
    [InlineData(" 1-2")]
    [InlineData("1-2 ")]
    [InlineData("1-2\0")]
    [InlineData("1\0-2")]
    [InlineData("1,000-2")]
    [InlineData("0x1-2")]
    [InlineData("١-٢")]
    [InlineData("18446744073709551616-1")]
    public void Other_texts_are_refused(string? text) => Assert.False(ReservationId.TryParse(text, out _));
}
