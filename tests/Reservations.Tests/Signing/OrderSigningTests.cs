using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Signing;

public sealed class OrderSigningTests
{
    private static readonly Digest About = Samples.Volume.ComputeDigest();

    public static TheoryData<string, Reservation> ChangedReservations => new()
    {
        { "node", Samples.Volume with { Node = new NodeId(Samples.Other.PublicKey) } },
        { "user", Samples.Volume with { User = new UserId(Samples.Other.PublicKey) } },
        { "kind", Samples.Volume with { Kind = "volumf" } },
        { "data", Samples.Volume with { Data = CanonicalJson.Of("""{"size":11,"type":"SSD"}""") } },
        { "data, reordered", Samples.Volume with { Data = CanonicalJson.Of("""{"type":"SSD","size":10}""") } },
        { "created", Samples.Volume with { Created = Samples.Volume.Created.AddTicks(1) } },
        { "duration", Samples.Volume with { Duration = Samples.Volume.Duration + TimeSpan.FromTicks(1) } },
        { "nonce", Samples.Volume with { Nonce = "nonce-0123456788" } },
        { "byte moved from nonce to kind", Samples.Volume with { Kind = "volumen", Nonce = "once-0123456789" } },
    };

    public static TheoryData<string, FollowUp> ChangedFollowUps => new()
    {
        { "counter of a cancel", Samples.Cancel with { Counter = 3 } },
        { "created of a cancel", Samples.Cancel with { Created = Samples.Cancel.Created.AddTicks(1) } },
        { "keep_data of a cancel", Samples.Cancel with { KeepData = false } },
        { "counter of an extend", Samples.Extend with { Counter = 2 } },
        { "created of an extend", Samples.Extend with { Created = Samples.Extend.Created.AddTicks(1) } },
        { "duration of an extend", Samples.Extend with { Duration = Samples.Extend.Duration + TimeSpan.FromTicks(1) } },
        { "signature of another order", Samples.Cancel with { Signature = Samples.Extend.Signature } },
        { "no signature", Samples.Cancel with { Signature = default } },
    };

    [Fact]
    public void What_the_owner_signed_verifies()
    {
        var verified = OrderVerifier.Verify(Samples.Volume);
        Assert.Same(Samples.Volume, verified.Order);
        Assert.Equal(About, verified.Digest);
        Assert.Equal(Samples.Cancel.ComputeDigest(), OrderVerifier.Verify(Samples.Cancel, Samples.Volume.User, About).Digest);
        Assert.Same(Samples.Extend, OrderVerifier.Verify(Samples.Extend, Samples.Volume.User, About).Order);
    }

    [Theory]
    [MemberData(nameof(ChangedReservations), DisableDiscoveryEnumeration = true)]
    public void A_reservation_with_a_changed_field_does_not_verify(string field, Reservation changed)
    {
        Samples.Refused(FaultCode.BadSignature, () => OrderVerifier.Verify(changed));
        Assert.True(About != changed.ComputeDigest(), $"{field} is not under the digest");
    }

    [Theory]
    [MemberData(nameof(ChangedFollowUps), DisableDiscoveryEnumeration = true)]
    public void A_follow_up_with_a_changed_field_does_not_verify(string field, FollowUp changed)
    {
        var fault = Samples.Refused(() => OrderVerifier.Verify(changed, Samples.Volume.User, About));
        Assert.True(fault.Code == FaultCode.BadSignature, $"{field}: {fault}");
    }

    [Fact]
    public void A_signature_with_any_bit_flipped_does_not_verify()
    {
        var raw = Samples.Volume.Signature.ToBytes();
        for (var bit = 0; bit < raw.Length * 8; bit++)
        {
            raw[bit / 8] ^= (byte)(1 << (bit % 8));
            var changed = Samples.Volume with { Signature = Signature.Of(raw) };
            Samples.Refused(FaultCode.BadSignature, () => OrderVerifier.Verify(changed));
            raw[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        OrderVerifier.Verify(Samples.Volume with { Signature = Signature.Of(raw) });
    }

    [Fact]
    public void A_foreign_key_does_not_verify() =>
        Samples.Refused(FaultCode.BadSignature, () => OrderVerifier.Verify(Samples.Other.Sign(Samples.Volume)));

    [Fact]
    public void A_missing_signature_is_said_to_be_missing() => Assert.Contains(
        "not signed",
        Samples.Refused(FaultCode.BadSignature, () => OrderVerifier.Verify(Samples.Volume with { Signature = default })).What,
        StringComparison.Ordinal);

    [Fact]
    public void A_signature_is_not_under_itself() =>
        Assert.Equal(About, (Samples.Volume with { Signature = default }).ComputeDigest());

    [Fact]
    public void Only_the_owner_follows_up()
    {
        var stranger = Samples.Other.Sign(Samples.Cancel with { User = new UserId(Samples.Other.PublicKey) });
        Samples.Refused(FaultCode.Denied, () => OrderVerifier.Verify(stranger, Samples.Volume.User, About));
    }

    [Fact]
    public void A_follow_up_counts_for_its_own_reservation_only() => Samples.Refused(
        FaultCode.Invalid,
        () => OrderVerifier.Verify(Samples.Cancel, Samples.Volume.User, Digest.Of("another reservation"u8)));
}
