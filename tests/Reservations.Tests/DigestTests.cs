using Xunit;

namespace Provision.Reservations.Tests;

public sealed class DigestTests
{
    // FIPS 180-2, appendix B.1.
    private const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Fact]
    public void A_digest_is_sha_256_in_lower_case()
    {
        Assert.Equal(Abc, Digest.Of("abc"u8).ToString());
        Assert.Equal("ba7816bf8f01", Digest.Of("abc"u8).Short);
    }

    [Fact]
    public void Text_reads_back_as_the_same_value()
    {
        Assert.True(Digest.TryParse(Abc, out var digest));
        Assert.Equal(Digest.Of("abc"u8), digest);
        Assert.False(digest.IsMissing);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ba7816bf")]
    [InlineData("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0")]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a\n")]
    public void Other_texts_are_refused(string? text)
    {
        Assert.False(Digest.TryParse(text, out var digest));
        Assert.True(digest.IsMissing);
        Assert.Equal("", digest.Short);
    }
}
