using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Reservations.Tests.Signing;

public sealed class KeyPairTests
{
    // Values of Zero-OS v0.2.1: seed, identity, message, signature.
    [Theory]
    [InlineData(
        "99a81c547a5db41c74d6d5234c17f54dba2061cb9c148c5820a8fbbf7caea0fa",
        "27ivLazSj4sqjo1aPDQokUteywfCd1Q75c8Dk3Ab4jwg",
        "message 0",
        "l0HreQ+aUo7YnEWWAy8LNUQltwRlu+nvl1mV/x2nfNk0TwW1GijHsjYJxIhDNFNYAXQ5l61gHOwEsA9fiTX7AA==")]
    [InlineData(
        "53f36106c7c29a83058a678d5e339b9eb18c0542e97ca4e6a5c7673899e4925b",
        "3yVTcfWPSaZXL3oHq61YJHTBZGWFRUZpyFs6eKhQsyoT",
        "message 1",
        "oaokTAmdUUYfwBNzO13R02MqmJ8pzg+V/NG6JVwuEqImpKtOnKRWCV0+FlgKsmH/i7oFhX9Dz4gj18pKGJbVBg==")]
    [InlineData(
        "455dbaf4164fd3cea5effb2e1a5b8116e68d1b1598d322bf11f081568982ee1b",
        "Fkfby1cfYBJ6rwDrgeMJmuabinx3SDzNC1PYjQFfFjtf",
        "message 3",
        "jRlRfGVNh7/mChFwvLUKaoyTwjXO/h3nl6xTb3efa54/uW25YsKoyi9KOLtMOpVgQGs14N7e4EHtnCu035JNCA==")]
    public void Identities_and_signatures_are_those_of_Zero_OS(string seed, string identity, string message, string signature)
    {
        var pair = KeyPair.FromSeed(Convert.FromHexString(seed));
        Assert.Equal(identity, pair.PublicKey.ToString());
        Assert.Equal(signature, pair.Sign(Samples.Bytes(message)).ToString());
        SignatureCheck.Require(pair.Sign(Samples.Bytes(message)), Samples.Bytes(message), pair.PublicKey, "message");
    }

    [Fact]
    public void Two_new_identities_differ() => Assert.NotEqual(KeyPair.Create().PublicKey, KeyPair.Create().PublicKey);

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_seed_has_32_bytes(int size) => Assert.Throws<ArgumentOutOfRangeException>(() => KeyPair.FromSeed(new byte[size]));

    // With these keys a fixed signature holds for any message. Go's verifier, and so Zero-OS, takes the first and the third.
    [Theory]
    [InlineData("4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM", 1)]
    [InlineData("11111111111111111111111111111111", 0)]
    [InlineData("H5xSWNRAbqKddKjrabehyU8drL3Dk4LgZJiEJc9rGGyC", 1)]
    public void Weak_keys_sign_nothing(string key, byte first)
    {
        Assert.True(PublicKey.TryParse(key, out var weak));
        var raw = new byte[Signature.Size];
        raw[0] = first;
        Samples.Refused(FaultCode.BadSignature, () => SignatureCheck.Require(Signature.Of(raw), "anything"u8.ToArray(), weak, "order"));
    }

    [Fact]
    public void A_signature_with_the_group_order_added_is_refused()
    {
        // RFC 8032 §5.1.7: S must be below L, or a second signature could be made of the first.
        var message = "message"u8.ToArray();
        var raw = Samples.User.Sign(message).ToBytes();
        var order = Convert.FromHexString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        var carry = 0;
        for (var i = 0; i < order.Length; i++)
        {
            carry += raw[32 + i] + order[i];
            raw[32 + i] = (byte)carry;
            carry >>= 8;
        }

        var second = Signature.Of(raw);
        Samples.Refused(FaultCode.BadSignature, () => SignatureCheck.Require(second, message, Samples.User.PublicKey, "message"));
    }
}
