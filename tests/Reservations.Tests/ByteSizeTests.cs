using Xunit;

namespace Provision.Reservations.Tests;

public sealed class ByteSizeTests
{
    [Fact]
    public void A_GiB_is_two_to_the_thirty() => Assert.Equal(1L << 30, ByteSize.GiB(1).Bytes);

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(10L << 30, "10 GiB")]
    [InlineData(-(10L << 30), "-10 GiB")]
    [InlineData(5L << 60, "5120 PiB")]
    public void People_read_the_largest_unit(long bytes, string text) => Assert.Equal(text, new ByteSize(bytes).ToString());

    [Fact]
    public void Sums_differences_and_order_are_those_of_the_bytes()
    {
        var (one, two) = (ByteSize.GiB(1), ByteSize.GiB(2));
        Assert.Equal(two, one + one);
        Assert.Equal(ByteSize.Zero, one - one);
        Assert.True(one < two && two > one && one <= two && two >= one);
        Assert.False(one > two || two < one || one >= two || two <= one);
        Assert.Equal([one, two], new[] { two, one }.Order());
    }

    [Fact]
    public void What_does_not_fit_is_an_error_and_never_wraps()
    {
        Assert.Throws<OverflowException>(() => ByteSize.GiB(1UL << 33));
        Assert.Throws<OverflowException>(() => new ByteSize(long.MaxValue) + new ByteSize(1));
        Assert.Throws<OverflowException>(() => new ByteSize(long.MinValue) - new ByteSize(1));
    }
}
