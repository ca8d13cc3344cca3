using CsCheck;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Reservations.Tests.Signing;

public sealed class PublicKeyTests
{
    // Values of Zero-OS v0.2.1: the raw bytes and the text that its base58 makes of them.
    [Theory]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "11111111111111111111111111111111")]
    [InlineData("f8fd5df9fa694fb67eec45e7352ebbea69694485a5465cc9c672fb1db16cef16", "HkxBv4r99rJwZpCJGX9443WaANQ7MRzkqRBf4mFJbxjw")]
    [InlineData("00000089d9acbf18825b1a76b7c736a336413db8c9687b08fad243303b0017b3", "1117FxtF4Ko91CcYQyUsGLvwYUwi3T1B2RupXv9iigJ")]
    [InlineData("f4caccdb2f90e0fd03f88fb31d9788c2729439fa7d08a454f6f00d449410a669", "HUZqUcpXo4JiB6cbAM2xVAEEAKzeWxYvPcq7cryhZrKr")]
    public void Text_is_that_of_Zero_OS(string raw, string text)
    {
        var key = PublicKey.Of(Convert.FromHexString(raw));
        Assert.Equal(text, key.ToString());
        Assert.True(PublicKey.TryParse(text, out var read));
        Assert.Equal(key, read);
        Assert.Equal(raw, Convert.ToHexStringLower(read.ToBytes()));
    }

    [Fact]
    public void Every_key_reads_back() => Gen.Byte.Array[PublicKey.Size].Sample(raw =>
    {
        Assert.True(PublicKey.TryParse(PublicKey.Of(raw).ToString(), out var read));
        Assert.Equal(raw, read.ToBytes());
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("0nnebyBULCBrghEwN47YAMbrxDXFgMCzRmb3Hc7uGgts")]
    [InlineData("EdN1LJzJTvhVMYm1mLK2")]
    [InlineData("B19D9yqLCfJaetH6JcJCLN39qL6kwiaTzjiC73AKmHW7abc")]
    [InlineData(" TkC8489tGRNJuBBrrMkJxPnEEMsJD9mye3zXgz43DBs")]
    [InlineData("HUZqUcpXo4JiB6cbAM2xVAEEAKzeWxYvPcq7cryhZrKr\n")]
    [InlineData("HUZqUcpXo4JiB6cbAM2xVAEEAKzeWxYvPcq7cryhZrK\0")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("1111111111111111111111111111111")]
    [InlineData("111111111111111111111111111111111")]
    [InlineData("\u007fUZqUcpXo4JiB6cbAM2xVAEEAKzeWxYvPcq7cryhZrKr")]
    [InlineData("éUZqUcpXo4JiB6cbAM2xVAEEAKzeWxYvPcq7cryhZrKr")]
    [InlineData("😀UZqUcpXo4JiB6cbAM2xVAEEAKzeWxYvPcq7cryhZrK")]
    public void Other_texts_are_refused(string? text)
    {
        Assert.False(PublicKey.TryParse(text, out var key));
        Assert.False(UserId.TryParse(text, out _) || NodeId.TryParse(text, out _) || FarmId.TryParse(text, out _));
        Assert.Equal("", key.ToString());
    }

    [Fact]
    public void Every_character_outside_the_alphabet_is_refused()
    {
        for (var c = '\0'; c < char.MaxValue; c++)
        {
            var valid = char.IsAsciiLetterOrDigit(c) && c is not ('0' or 'O' or 'I' or 'l');
            Assert.Equal(valid, PublicKey.TryParse($"HUZqUcpXo4JiB6cbAM2xVAEEAKzeWxYvPcq7cryhZrK{c}", out _));
        }
    }

    [Fact]
    public void A_user_a_node_and_a_farm_print_their_key()
    {
        var key = Samples.User.PublicKey;
        string[] texts = [new UserId(key).ToString(), new NodeId(key).ToString(), new FarmId(key).ToString()];
        Assert.All(texts, text => Assert.Equal(key.ToString(), text));
    }
}
