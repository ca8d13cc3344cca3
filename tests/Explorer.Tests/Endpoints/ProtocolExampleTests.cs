using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.HttpSignatures;
using Provision.Reservations.Registration;
using Provision.Reservations.Secrets;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Explorer.Tests.Endpoints;

/// <summary>The examples of docs/protocol.md are what our programs say, byte for byte but for white space.</summary>
public sealed partial class ProtocolExampleTests
{
    private const string Nonce = "qT0m3vYp1sWZ8xKd";
    private static readonly DateTimeOffset Created = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly KeyPair UserKey = KeyOf(1);
    private static readonly KeyPair NodeKey = KeyOf(2);
    private static readonly KeyPair FarmerKey = KeyOf(3);
    private static readonly UserId User = new(UserKey.PublicKey);
    private static readonly NodeId Node = new(NodeKey.PublicKey);
    private static readonly string Page = ReadPage();

    private static readonly Reservation Volume = UserKey.Sign(new Reservation
    {
        Node = Node,
        User = User,
        Kind = "volume",
        Data = CanonicalJson.Of("""{"size":10,"type":"SSD"}"""),
        Created = Created,
        Duration = TimeSpan.FromHours(1),
        Nonce = Nonce,
    });

    private static readonly Cancel Ending = UserKey.Sign(new Cancel
    {
        Reservation = Volume.ComputeDigest(),
        User = User,
        Counter = 2,
        Created = Created.AddMinutes(30),
    });

    private static readonly Extend Longer = UserKey.Sign(new Extend
    {
        Reservation = Volume.ComputeDigest(),
        User = User,
        Counter = 1,
        Created = Created.AddMinutes(20),
        Duration = TimeSpan.FromHours(2),
    });

    private static string[] Blocks => [.. JsonBlock().Matches(Page).Select(match => CanonicalJson.Of(match.Groups[1].Value).Text)];

    [Fact]
    public void Every_document_on_the_page_is_one_that_we_write() => Assert.Equal(
        [
            OrderJson.Write(Volume).Text,
            OrderJson.Write(Ending).Text,
            OrderJson.Write(Longer).Text,
            ReceiptJson.Write(Receipt()).Text,
            CanonicalJson.Build(Farm().Write).Text,
            CanonicalJson.Build(Registration().Write).Text,
            CanonicalJson.Build((Registration() with { Offer = Offer }).Sign(NodeKey).Write).Text,
            CanonicalJson.Build(new FeedPage(
                new FeedCursor("8f1c55a09d3e4f17", 7),
                [new FeedEntry(7, new FeedReservation(new ReservationId(3, 1), Volume, [Longer, Ending]).Write())]).Write).Text,
            CanonicalJson.Build(writer => FaultJson.Write(writer, Fault.Invalid(
                "The reservation is not valid",
                LeaseRules.Check(Volume with { Duration = TimeSpan.Zero }, Created)))).Text,
        ],
        Blocks);

    [Fact]
    public void Every_digest_on_the_page_is_right()
    {
        foreach (var (name, digest) in new[]
        {
            ("reservation", Volume.ComputeDigest()), ("receipt", Receipt().ComputeHash()),
        })
        {
            Assert.Contains($"digest of this {name} is `{digest}`", Page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_signed_request_is_the_nodes()
    {
        var lines = HttpBlock().Match(Page).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var target = lines[0].Split(' ')[1];
        var fields = lines[1..].Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1]);
        var time = new FakeTimeProvider(Created);
        var request = new RequestParts(
            lines[0].Split(' ')[0], fields["host"], target.Split('?')[0], "?" + target.Split('?')[1], fields.GetValueOrDefault, default);
        Assert.Equal(Node.Key, new RequestVerifier(time).Verify(request));
    }

    [Fact]
    public void The_sealed_secret_opens()
    {
        var box = SealedText().Match(Page).Value;
        Assert.Equal("hunter2", SealedSecret.Open(box, NodeKey, new SecretBinding(User, "container", "/secret_env/PASSWORD", Nonce)));
    }

    private static Receipt Receipt()
    {
        var receipt = new Receipt
        {
            Node = Node,
            Sequence = 1,
            Previous = default,
            Reservation = Volume.ComputeDigest(),
            Id = new ReservationId(3, 1),
            Kind = "volume",
            Generation = 1,
            State = ReceiptState.Ok,
            Data = CanonicalJson.Of("""{"volume_id":"3-1"}"""),
            Created = Created.AddSeconds(1),
        };
        return receipt with { Signature = NodeKey.Sign(receipt.ToSignedBytes()) };
    }

    private static FarmRegistration Farm() =>
        new FarmRegistration { Farm = new FarmId(FarmerKey.PublicKey), Name = "orchard", Created = Created }.Sign(FarmerKey);

    private static NodeRegistration Registration() => new NodeRegistration
    {
        Node = Node,
        Farm = new FarmId(FarmerKey.PublicKey),
        Kinds = "container network volume",
        Created = Created,
    }.Sign(NodeKey);

    private static NodeOffer Offer => new(new(8, 32, 1000, 0), new(8, 28, 950, 0), AllUsers: true);

    private static KeyPair KeyOf(byte filler) => KeyPair.FromSeed([.. Enumerable.Repeat(filler, KeyPair.SeedSize)]);

    private static string ReadPage()
    {
        using var stream = typeof(ProtocolExampleTests).Assembly.GetManifestResourceStream("protocol.md")!;
        return new StreamReader(stream).ReadToEnd();
    }

    [GeneratedRegex("```json\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();

    [GeneratedRegex("```http\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex HttpBlock();

    [GeneratedRegex("[0-9a-f]{200,}")]
    private static partial Regex SealedText();
}
