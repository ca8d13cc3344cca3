using CsCheck;
using Provision.Reservations.Signing;
using Xunit;
using SealedPublicKeyBox = Sodium.SealedPublicKeyBox;

namespace Provision.Reservations.Tests.Secrets;

public sealed class SealedBoxTests
{
    private static readonly byte[] Hello = "hello world"u8.ToArray();

    // V-01 to V-03 of spec 01 §12.1.
    [Fact]
    public void Keys_are_converted_as_Zero_OS_converts_them()
    {
        var seed = "12345678901234567890123456789012"u8;
        Assert.Equal("4CcKDtU1JNGi8U4D8Rv9CHzfmF7xzaxEAPFA54eQjRHF", KeyPair.FromSeed(seed).PublicKey.ToString());
        Assert.Equal(
            "FkUfMueBVSK6V1DCHVAtzzaqPqCPVzGguDzCQxq7Ep85",
            KeyPair.FromSeed("helloworldhelloworldhelloworld12"u8).PublicKey.ToString());

        // The box names neither key, but it opens with this Curve25519 pair, and only if the conversion made the same.
        var box = KeyPair.FromSeed(seed).PublicKey.SealBox(Hello)!;
        var opened = SealedPublicKeyBox.Open(
            box,
            Convert.FromHexString("f0106660c3dda23f16daa9ac5b811b963077f5bc0af89f85804f0de8e424f050"),
            Convert.FromHexString("f22aa4a9ec6ff1e591d83dc97d8cdfceea8f7cd7453281e07672d415b9637454"));
        Assert.Equal(Hello, opened);
    }

    // Values of Zero-OS v0.2.1: seed, box, what is in it.
    [Theory]
    [InlineData(
        "3132333435363738393031323334353637383930313233343536373839303132",
        "0bfe9e3b9ce17fe6d570b165ea2a01034326b8c81d5f2c5384c8fe886552f074ec43017465598c4f5a857b495b445be46c3df48d14878bd0b1b907",
        "hello world")]
    [InlineData(
        "2e7fcb681354690a14e3b1e8280b59807bdb21e9d4350aeab86fc53c2eb184e3",
        "19384b926649f0561c4f17ee8b2de048f3aef08f142df4891a233bc44b83d516bc841f8e3fc2b940338706fd7f7759ea",
        "")]
    [InlineData(
        "0e043e3c484e124db0c0416f95408782a70b62d627b785a4fc5d627004a3c028",
        "749afd759f887b51bed7c1b590c2de0593f7ceeddc5a0dd6b4dd6ccb598f781db676b37135c78d3076a60f4fc7e6ae5e"
        + "f583126ce318a8d62c5120046c2a8424f5685722bba6",
        "pässwörd-世界-🚀")]
    public void Boxes_of_Zero_OS_open(string seed, string box, string expected)
    {
        var key = KeyPair.FromSeed(Convert.FromHexString(seed));
        Assert.Equal(Samples.Bytes(expected), key.OpenBox(Convert.FromHexString(box)));
        Assert.Null(Samples.Node.OpenBox(Convert.FromHexString(box)));
    }

    [Fact]
    public void What_is_sealed_opens_with_that_key_alone() => Gen.Byte.Array.Sample(message =>
    {
        var box = Samples.Node.PublicKey.SealBox(message)!;
        Assert.Equal(message.Length + SealedBox.Overhead, box.Length);
        Assert.Equal(message, Samples.Node.OpenBox(box));
        Assert.Null(Samples.Other.OpenBox(box));
    });

    [Fact]
    public void Every_flipped_bit_and_every_cut_is_seen()
    {
        var box = Samples.Node.PublicKey.SealBox(Hello)!;
        for (var bit = 0; bit < box.Length * 8; bit++)
        {
            var flipped = (byte[])box.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));

            // X25519 ignores the highest bit of a key; the nonce, which covers the key's bytes, does not.
            Assert.Null(Samples.Node.OpenBox(flipped));
        }

        for (var length = 0; length < box.Length; length++)
        {
            Assert.Null(Samples.Node.OpenBox(box[..length]));
        }
    }

    // Points of small order, no point at all, one outside the main subgroup's encoding; the default value is no key either.
    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Nothing_is_sealed_to_a_key_that_nobody_can_hold(string key) =>
        Assert.Null(PublicKey.Of(Convert.FromHexString(key)).SealBox(Hello));
}
