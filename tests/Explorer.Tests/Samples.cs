using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Provision.Reservations;
using Provision.Reservations.Registration;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Tests;

/// <summary>Documents that are right, for tests to spoil.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    public static readonly KeyPair Alice = Key("alice");
    public static readonly KeyPair Bob = Key("bob");
    public static readonly KeyPair Farmer = Key("farmer");
    public static readonly KeyPair NodeKey = Key("node");
    public static readonly KeyPair OtherNodeKey = Key("other node");
    public static readonly NodeId Node = new(NodeKey.PublicKey);
    public static readonly NodeId OtherNode = new(OtherNodeKey.PublicKey);
    private static int nonces;

    public static KeyPair Key(string name) => KeyPair.FromSeed(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    public static string Nonce() => string.Create(CultureInfo.InvariantCulture, $"nonce-{Interlocked.Increment(ref nonces):d16}");

    public static Reservation Volume(KeyPair? user = null, NodeId? node = null, string? nonce = null, DateTimeOffset? created = null) =>
        (user ?? Alice).Sign(Unsigned(user, node, nonce, created));

    public static Reservation Unsigned(
        KeyPair? user = null, NodeId? node = null, string? nonce = null, DateTimeOffset? created = null) => new()
    {
        Node = node ?? Node,
        User = new UserId((user ?? Alice).PublicKey),
        Kind = "volume",
        Data = CanonicalJson.Of("""{"size":1,"type":"SSD"}"""),
        Created = created ?? Now,
        Duration = TimeSpan.FromHours(1),
        Nonce = nonce ?? Nonce(),
    };

    public static Cancel Cancel(Digest reservation, long counter = 1, KeyPair? user = null) => (user ?? Alice).Sign(new Cancel
    {
        Reservation = reservation,
        User = new UserId((user ?? Alice).PublicKey),
        Counter = counter,
        Created = Now,
    });

    public static Extend Extend(Digest reservation, long counter = 1, TimeSpan? duration = null) => Alice.Sign(new Extend
    {
        Reservation = reservation,
        User = new UserId(Alice.PublicKey),
        Counter = counter,
        Created = Now,
        Duration = duration ?? TimeSpan.FromHours(2),
    });

    public static NodeRegistration Registration(
        KeyPair? node = null, string kinds = "volume", DateTimeOffset? created = null, NodeOffer? offer = null)
    {
        var key = node ?? NodeKey;
        return new NodeRegistration
        {
            Node = new NodeId(key.PublicKey),
            Farm = new FarmId(Farmer.PublicKey),
            Kinds = kinds,
            Created = created ?? Now,
            Offer = offer,
        }.Sign(key);
    }

    public static NodeOffer Offer { get; } = new(new(8, 31, 100, 0), new(16, 28, 90, 0), AllUsers: false);

    public static FarmRegistration Farm(string name = "Freefarm", DateTimeOffset? created = null) =>
        new FarmRegistration { Farm = new FarmId(Farmer.PublicKey), Name = name, Created = created ?? Now }.Sign(Farmer);

    public static Receipt Receipt(
        Reservation about, long sequence, ReceiptState state = ReceiptState.Ok, string data = "{}", KeyPair? node = null)
    {
        var key = node ?? NodeKey;
        var receipt = new Receipt
        {
            Node = new NodeId(key.PublicKey),
            Sequence = sequence,
            Previous = default,
            Reservation = about.ComputeDigest(),
            Id = new ReservationId(1, 1),
            Kind = about.Kind,
            Generation = sequence,
            State = state,
            Data = CanonicalJson.Of(data),
            Created = Now,
        };
        return receipt with { Signature = key.Sign(receipt.ToSignedBytes()) };
    }
}
