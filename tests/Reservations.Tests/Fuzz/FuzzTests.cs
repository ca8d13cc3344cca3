using System.Text;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Registration;
using Provision.Reservations.Secrets;
using Provision.Reservations.Signing;
using Provision.Reservations.Tests.Wire.ZeroOs;
using Provision.Reservations.Wire;
using Provision.Reservations.Wire.ZeroOs;
using Xunit;

namespace Provision.Reservations.Tests.Fuzz;

/// <summary>Every reader of outside bytes in this library, given bytes that came to harm.</summary>
public sealed class FuzzTests
{
    private const long Sample = 30_000;
    private const long Million = 1_000_000;

    private static readonly KeyPair Key = KeyPair.FromSeed(new byte[KeyPair.SeedSize]);
    private static readonly SecretBinding Binding = new(new UserId(Key.PublicKey), "container", "/secret_env/A", "0123456789abcdef");

    private static readonly byte[] Sealed = new SignedBytes("provision/secret/2")
        .Add(Binding.User.ToString()).Add(Binding.Kind).Add(Binding.Field).Add(Binding.Nonce).Add("hunter2").ToArray();

    private static readonly NodeRegistration Node = new()
    {
        Node = new NodeId(Key.PublicKey), Farm = new FarmId(Samples.Farmer.PublicKey), Kinds = "network volume", Created = Samples.Created,
    };

    private static readonly NodeRegistration Offering =
        Node with { Offer = new NodeOffer(new(8, 31, 100, ResourceUnits.Max), new(16, 28, 90, 0), AllUsers: false) };

    private static readonly FarmRegistration Farm = new()
    {
        Farm = new FarmId(Samples.Farmer.PublicKey), Name = "orchard", Created = Samples.Created,
    };

    private static readonly byte[] Stored = Bytes("\"1.0.0\"" + Vectors.Read("fsstore_file")[0].Text("reservation_wire"));

    private static readonly IReadOnlyList<Decoder> Decoders =
    [
        new("order", [Json(Samples.Volume), Json(Samples.Cancel), Json(Samples.Extend)], document => OrderJson.Read(document)),
        new("order of version 1", [Json(ZeroOsReservation.Read(Stored.AsMemory(7)).ToOrder())], ReadVersion1),
        new("receipt", [Bytes(ReceiptJson.Write(Samples.Receipt).Text)], document => ReceiptJson.Read(StrictJson.Parse(document))),
        new("feed page", [Bytes("""{"epoch":"e","next":9,"entries":[{"sequence":9,"content":{"a":["<",1]}}]}""")],
            document => FeedPage.Read(StrictJson.Parse(document))),
        new("feed reservation", [Bytes(new FeedReservation(new(4, 2), Samples.Volume, [Samples.Extend, Samples.Cancel]).Write().Text)],
            document => FeedReservation.Read(StrictJson.Parse(document)).Write()),
        new("node", [Bytes(CanonicalJson.Build(Node.Write).Text), Bytes(CanonicalJson.Build(Offering.Write).Text)],
            document => NodeRegistration.Read(StrictJson.Parse(document))),
        new("farm", [Bytes(CanonicalJson.Build(Farm.Write).Text)], document => FarmRegistration.Read(StrictJson.Parse(document))),
        new("fault", [Bytes(
            """{"code":"invalid","what":"","problems":[{"pointer":"","reason":"","remedy":""}],"cause":{"code":"internal","what":""}}""")],
            document => StrictJson.Read(StrictJson.Parse(document), "fault", FaultJson.Read)),
        new("secret", [Sealed], ReadSecret),
        new("sealed text", [Bytes(SealedSecret.Seal("secret", new NodeId(Key.PublicKey), Binding))],
            document => SealedSecret.Open(Text(document), Key, Binding)),
        new("texts", [Bytes("12-1"), Bytes(Key.PublicKey.ToString()), Bytes("2026-01-31T12:00:00Z"), Bytes("1.0.0-rc.1+b"),
            Bytes("31/12/2026 11pm:59"), Bytes("0000/00/00"), Bytes("9999/99/99"), Bytes("10.1.0.0/16"), Bytes("fe80::1/64")], ReadTexts),
        new("versioned file", [Stored, Bytes("\"1.0.0-rc1\"x")], document => VersionedFile.Read(document)?.ToBytes()),
        new("file of a store", [Stored], ReadStored),
        .. JsonVectorTests.Types.Select(type =>
            new Decoder($"Zero-OS {type.Key}", CorpusOf(type.Key), document => ReadGo(type.Value, document))),
    ];

    [Fact]
    public void Every_reader_takes_or_refuses_what_came_to_harm() => Decoder.Fuzz(Decoders, Decoder.Inputs(Sample));

    [Fact]
    [Trait("Tier", "long")]
    public void Every_reader_takes_or_refuses_a_million_documents() => Decoder.Fuzz(Decoders, Decoder.Inputs(Million));

    // What Go accepts of a type, and what it refuses: both are good to begin with.
    private static List<byte[]> CorpusOf(string type) =>
    [
        .. Vectors.Read("json_decode").Where(vector => vector.Text("go_type") == type)
            .Select(vector => vector.Maybe("input") is { } text ? Bytes(text) : vector.Hex("input_hex")),
    ];

    private static void ReadGo(GoType type, byte[] document)
    {
        foreach (var whole in new[] { false, true })
        {
            var decoded = GoJson.Decode(type, document, whole);
            Assert.Equal(decoded.Error is null, decoded.Problems.Count == 0);
            if (decoded.Error is null)
            {
                // Once written by Go, a document stays as it is.
                var written = GoJson.Encode(type, decoded.Value);
                Again(written, text => GoJson.Encode(type, GoJson.Decode(type, Bytes(text), whole: true).Require("document")));
                Derive(type, decoded.Value);
            }
            else
            {
                Assert.Throws<FaultException>(() => decoded.Require("document"));
            }
        }

        RequireStrictIsLenient(document);
    }

    // What we wrote, we read again: here a refusal is a failure. But Go takes offsets of up to 99:99, and writes what it takes no more.
    private static void Again(string written, Func<string, string> readAndWrite)
    {
        try
        {
            Assert.Equal(written, readAndWrite(written));
        }
        catch (FaultException e)
        {
            Assert.True(e.Fault.ToString().Contains("parsing time", StringComparison.Ordinal), $"{e.Fault}: {written}");
        }
    }

    private static void Derive(GoType type, object? value)
    {
        if (type == ZeroOsTypes.Network && value is GoObject network && ZeroOsNetworks.Check(network) is null)
        {
            Assert.All(network.List("net_resources"), part => ZeroOsNetworks.RoutesOf((GoObject)part!));
        }

        if (ZeroOsTypes.Kinds.FirstOrDefault(kind => kind.Value == type).Key is { } kind)
        {
            var written = GoJson.Encode(type, value);
            ZeroOsUnits.Of(kind, Bytes(written));
            StrictJson.Parse(Bytes(ZeroOsSpec.Of(kind, CanonicalJson.Of(written)).Text));
        }
    }

    // Two readers of JSON that were written apart: what the strict one takes, the lenient one takes, but for numbers that Go cannot hold.
    private static void RequireStrictIsLenient(byte[] document)
    {
        try
        {
            StrictJson.Parse(document);
        }
        catch (FaultException)
        {
            return;
        }

        var read = GoJson.Decode(GoTypes.Any, document, whole: true);
        Assert.True(read.Error is null || read.Error.EndsWith("float64", StringComparison.Ordinal), read.Error);
    }

    private static void ReadVersion1(byte[] document)
    {
        var order = OrderJson.Read(document, version1: true);
        Again(OrderJson.Write(order).Text, text => OrderJson.Write(OrderJson.Read(Bytes(text), version1: true)).Text);
        Assert.False(order.ComputeDigest().IsMissing);
        if (order is Reservation reservation)
        {
            StrictJson.Parse(Bytes(reservation.Spec.Text));
        }
    }

    private static void ReadStored(byte[] document)
    {
        var stored = StoreFile.Read(document);
        _ = stored.Verify();
        _ = ZeroOsRules.Check(stored, Samples.Created);
        Again(stored.Write(), text => ZeroOsReservation.Read(Bytes(text)).Write());
        var order = stored.ToOrder();
        Again(OrderJson.Write(order).Text, text => OrderJson.Write(OrderJson.Read(Bytes(text), version1: true)).Text);
        OrderVerifier.Verify(order, version1: true);
    }

    private static void ReadSecret(byte[] plain)
    {
        var text = Convert.ToHexStringLower(Key.PublicKey.SealBox(plain)!);
        SealedSecret.Open(text, Key, Binding with { Nonce = plain.Length % 2 == 0 ? "" : Binding.Nonce });
    }

    private static void ReadTexts(byte[] document)
    {
        var text = Text(document);
        Assert.True(!ReservationId.TryParse(text, out var id) || ReservationId.TryParse(id.ToString(), out _));
        Assert.True(!UserId.TryParse(text, out var user) || user.ToString() == text);
        Assert.True(!Digest.TryParse(text, out var digest) || digest.ToString() == text);
        Assert.True(!Signature.TryParse(text, out var signature) || signature.ToString() == text);
        Assert.True(!NetworkId.TryParse(text, out var network) || network.ToString() == text);
        Assert.True(!SemanticVersion.TryParse(text, out var version) || version.ToString() == text);
        Assert.True(!Rfc3339.TryParse(text, out var moment) || Rfc3339.TryParse(Rfc3339.Format(moment), out _));
        _ = GoTime.Parse(text, out _);
        _ = GoBytes.Decode(text, out _);
        _ = GoDate.Read(text, out _);
        _ = GoAddress.Read(text, out _);
        _ = GoAddress.ReadRange(text, out _);
        _ = BitcoinText.Decode(text);
        _ = Plain.Of(text);
        _ = ZeroOsNames.MacOf(text);
        _ = JsonForm.Escape(text);
    }

    private static byte[] Json(Order order) => Bytes(OrderJson.Write(order).Text);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(byte[] document) => Encoding.UTF8.GetString(document);
}
