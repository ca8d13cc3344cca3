using CsCheck;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Reservations.Tests.Signing;

public sealed class SignatureTests
{
    private static readonly string Zeros = Convert.ToBase64String(new byte[Signature.Size]);

    [Fact]
    public void Every_signature_reads_back() => Gen.Byte.Array[Signature.Size].Sample(raw =>
    {
        Assert.True(Signature.TryParse(Signature.Of(raw).ToString(), out var read));
        Assert.Equal(raw, read.ToBytes());
        Assert.Equal(Signature.Of(raw), read);
    });

    [Fact]
    public void The_default_is_missing()
    {
        Assert.True(default(Signature).IsMissing);
        Assert.Equal("", default(Signature).ToString());
        Assert.Empty(default(Signature).ToBytes());
        Assert.False(Signature.Of(new byte[Signature.Size]).IsMissing);
    }

    [Theory]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(66)]
    [InlineData(3000)]
    public void Other_sizes_are_refused(int size)
    {
        Assert.False(Signature.TryParse(Convert.ToBase64String(new byte[size]), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => Signature.Of(new byte[size]));
    }

    [Fact]
    public void A_signature_has_one_text_only()
    {
        Assert.True(Signature.TryParse(Zeros, out _));
        Assert.False(Signature.TryParse(null, out _));
        Assert.False(Signature.TryParse("", out _));
        Assert.False(Signature.TryParse(Zeros.TrimEnd('='), out _));
        Assert.False(Signature.TryParse($"{Zeros[..40]}\n{Zeros[40..]}", out _));
        Assert.False(Signature.TryParse($" {Zeros}", out _));
        Assert.False(Signature.TryParse($"{Zeros[..85]}B==", out _));
        Assert.False(Signature.TryParse(Zeros.Replace('A', '_'), out _));
    }
}
