using System.Text;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire.ZeroOs;
using Xunit;

namespace Provision.Reservations.Tests.Wire.ZeroOs;

/// <summary>Version 1 of signatures: over reservations and results.</summary>
public sealed class SignatureVectorTests
{
    // Go accepts these keys, which nobody holds and which verify what nobody signed. libsodium refuses them, and so do we.
    private static readonly string[] WeakKeys =
    [
        "small-order public key (identity point), R=identity, S=0",
        "public key non-canonical (p+1)",
    ];

    [Fact]
    public void A_reservation_is_signed_as_Zero_OS_signs_it() => Vectors.Check("reservation_sign", vector =>
    {
        var key = KeyPair.FromSeed(vector.Hex("seed_hex"));
        var wire = Encoding.UTF8.GetBytes(vector.Text("wire_json"));
        var travelled = ZeroOsReservation.Read(wire);
        var signed = (travelled with { Data = vector.Hex("data_hex") }).Sign(key);

        Assert.Equal(vector.Text("user_id"), key.PublicKey.ToString());
        Assert.Equal(vector.Hex("signed_message_hex"), signed.ToSignedBytes());
        Assert.Equal(vector.Hex("signature_hex"), signed.Signature);
        Assert.Equal(vector.Maybe("verify_error"), signed.Verify());
        Assert.Equal(vector.Text("wire_json"), signed.Write() + "\n");
        Assert.Equal(vector.Maybe("verify_error_after_wire_round_trip"), travelled.Verify());
    });

    [Fact]
    public void A_reservation_is_verified_as_Zero_OS_verifies_it_but_for_weak_keys() => Vectors.Check("reservation_verify", vector =>
    {
        var reservation = new ZeroOsReservation
        {
            Node = vector.Text("node_id"),
            User = vector.Text("user_id"),
            Kind = vector.Text("type"),
            Data = vector.Hex("data_hex"),
            Signature = vector.Hex("signature_hex"),
        };

        var expected = WeakKeys.Contains(vector.ToString()) ? "signature verification failed" : vector.Maybe("verify_error");
        Assert.Equal(expected, reservation.Verify());
    });

    [Fact]
    public void The_original_accepts_the_weak_keys() => Assert.Equal(
        WeakKeys.Order(),
        Vectors.Read("reservation_verify").Where(vector => vector.Maybe("verify_error") is null && IsWeak(vector))
            .Select(vector => vector.ToString()).Order());

    [Fact]
    public void A_result_is_signed_as_Zero_OS_signs_it() => Vectors.Check("result_sign", vector =>
    {
        Assert.Null(GoTime.Parse($"\"{vector.Text("created_rfc3339nano")}\"", out var created));
        var result = new ZeroOsResult
        {
            Kind = vector.Text("type"),
            Id = vector.Text("id"),
            Created = created,
            State = vector.Text("state"),
            Error = vector.Text("error"),
            Data = vector.Text("data_text") is { Length: > 0 } data ? Encoding.UTF8.GetBytes(data) : null,
        }.Sign(KeyPair.FromSeed(vector.Hex("seed_hex")));

        Assert.Equal(vector.Hex("bytes_hex"), result.ToSignedBytes());
        Assert.Equal(vector.Hex("signature_hex"), result.Signature);
        Assert.Equal(vector.Text("wire_json"), result.Write() + "\n");
    });

    // What is held to our rules and still verifies is an order; the digest covers what the signature leaves out.
    [Fact]
    public void What_verifies_after_its_way_is_an_order_of_ours_when_it_keeps_our_rules()
    {
        var orders = 0;
        Vectors.Check("reservation_sign", vector =>
        {
            var travelled = ZeroOsReservation.Read(Encoding.UTF8.GetBytes(vector.Text("wire_json"))) with { Id = "12-1" };
            if (travelled.Verify() is not null || OrderOf(travelled) is not { } order)
            {
                return;
            }

            orders++;
            var verified = OrderVerifier.Verify(order, version1: true);
            Assert.Equal(order.ComputeDigest(), verified.Digest);
            Assert.NotEqual(order.ComputeDigest(), OrderOf(travelled with { Id = "13-1" })!.ComputeDigest());
            Assert.NotEqual(order.ComputeDigest(), OrderOf(travelled with { Duration = travelled.Duration + 100 })!.ComputeDigest());
            Assert.Equal(FaultCode.Denied, Assert.Throws<FaultException>(() => OrderVerifier.Verify(order)).Fault.Code);
            var changed = order with { Kind = order.Kind + "x" };
            Assert.Throws<FaultException>(() => OrderVerifier.Verify(changed, version1: true));
        });
        Assert.Equal(11, orders);
    }

    private static Reservation? OrderOf(ZeroOsReservation reservation)
    {
        try
        {
            return reservation.ToOrder();
        }
        catch (FaultException e)
        {
            Assert.NotEmpty(e.Fault.Problems);
            return null;
        }
    }

    private static bool IsWeak(Vector vector) => vector.Text("signature_hex").StartsWith("01000000", StringComparison.Ordinal);
}
