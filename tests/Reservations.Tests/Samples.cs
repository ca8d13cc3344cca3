using System.Text;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests;

/// <summary>Fixed identities and documents: the golden tests hold their bytes.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Created = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    public static KeyPair User { get; } = Key(1);

    public static KeyPair Node { get; } = Key(2);

    public static KeyPair Other { get; } = Key(3);

    public static KeyPair Farmer { get; } = Key(4);

    public static Reservation Volume { get; } = User.Sign(new Reservation
    {
        Node = new NodeId(Node.PublicKey),
        User = new UserId(User.PublicKey),
        Kind = "volume",
        Data = CanonicalJson.Of("""{"size":10,"type":"SSD"}"""),
        Created = Created.AddTicks(1234567),
        Duration = TimeSpan.FromDays(30),
        Nonce = "nonce-0123456789",
    });

    public static Cancel Cancel { get; } = User.Sign(new Cancel
    {
        Reservation = Volume.ComputeDigest(),
        User = Volume.User,
        Counter = 2,
        Created = Created.AddDays(2),
        KeepData = true,
    });

    public static Extend Extend { get; } = User.Sign(new Extend
    {
        Reservation = Volume.ComputeDigest(),
        User = Volume.User,
        Counter = 1,
        Created = Created.AddDays(1),
        Duration = TimeSpan.FromDays(60),
    });

    public static Receipt Receipt { get; } = SignReceipt(new Receipt
    {
        Node = Volume.Node,
        Sequence = 7,
        Previous = Digest.Of("the receipt before"u8),
        Reservation = Volume.ComputeDigest(),
        Id = new ReservationId(42, 1),
        Kind = "volume",
        Generation = 2,
        State = ReceiptState.Degraded,
        Fault = new Fault(FaultCode.Unavailable, "The pool is read-only", "Replace the disk."),
        Data = CanonicalJson.Of("""{"volume_id":"42-1"}"""),
        Created = Created.AddMinutes(1),
    });

    public static KeyPair Key(byte fill) => KeyPair.FromSeed(Enumerable.Repeat(fill, KeyPair.SeedSize).ToArray());

    public static Receipt SignReceipt(Receipt receipt) => receipt with { Signature = Node.Sign(receipt.ToSignedBytes()) };

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>The fault that the action must end in.</summary>
    public static Fault Refused(Action action) => Assert.Throws<FaultException>(action).Fault;

    /// <summary>The same, with the code it must have.</summary>
    public static Fault Refused(FaultCode code, Action action)
    {
        var fault = Refused(action);
        Assert.Equal(code, fault.Code);
        return fault;
    }
    /// <summary>The places that the action's refusal names.</summary>
    public static IEnumerable<string> Pointers(Action action) =>
        Refused(FaultCode.Invalid, action).Problems.Select(problem => problem.Pointer);
}
