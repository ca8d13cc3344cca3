using System.Globalization;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Provision.Reservations.Faults;
using Provision.Reservations.HttpSignatures;
using Xunit;

namespace Provision.Reservations.Tests.Fuzz;

/// <summary>Signed requests that came to harm: they are refused, or mean what was signed.</summary>
public sealed class RequestFuzzTests
{
    private const long Sample = 10_000;
    private const long Million = 1_000_000;
    private const long Changes = 2_000;

    private static readonly HashSet<string> Signed =
        [.. TestRequest.Corpus.Select(document => TestRequest.Meaning(TestRequest.Read(document)))];

    private static readonly IReadOnlyList<Decoder> Decoders =
    [
        new("Signature-Input", Field("signature-input"), ReadInput),
        new("Signature", Field("signature"), ReadValues),
        new("Content-Digest", [.. Field(ContentDigest.Name), Bytes("sha-512=:AAAA:, md5=:AAAA:")], ReadDigest),
        new("signed request", TestRequest.Corpus, ReadRequest),
    ];

    private static readonly Gen<string> Key = Gen.Select(
        Gen.Char["abcxyz*"], Gen.Char["az09_-.*"].Array[0, 6], (first, rest) => $"{first}{new string(rest)}");

    private static readonly Gen<string> Text = Gen.OneOf(Gen.Char[' ', '~'], Gen.Char["\"\\;,=()"]).Array[0, 20].Select(c => new string(c));

    private static readonly Gen<FieldValue> Value = Gen.OneOf(
        Text.Select(FieldValue.Of),
        Gen.Long[-999_999_999_999_999, 999_999_999_999_999]
            .Select(number => new FieldValue(FieldValueType.Integer, number.ToString(CultureInfo.InvariantCulture))),
        Gen.Byte.Array[0, 20].Select(bytes => new FieldValue(FieldValueType.Bytes, Convert.ToBase64String(bytes))),
        Gen.Bool.Select(one => new FieldValue(FieldValueType.Boolean, one ? "1" : "0")),
        Gen.Select(Gen.Char["AZaz*"], Gen.Char["AZaz09!#$%&'*+-.^_`|~:/"].Array[0, 8], (first, rest) => $"{first}{new string(rest)}")
            .Select(word => new FieldValue(FieldValueType.Token, word)));

    [Fact]
    public void Every_field_of_a_signature_and_every_request_is_taken_or_refused() => Decoder.Fuzz(Decoders, Decoder.Inputs(Sample));

    [Fact]
    [Trait("Tier", "long")]
    public void Every_field_of_a_signature_and_a_million_requests_are_taken_or_refused() =>
        Decoder.Fuzz(Decoders, Decoder.Inputs(Million));

    [Fact]
    public void What_is_written_is_read_again_as_the_same() =>
        Gen.Select(Key, Text.List[0, 5], Gen.Select(Key, Value).List[0, 6]).Sample(
            (label, components, parameters) =>
            {
                var input = new SignatureInput(
                    components, [.. parameters.DistinctBy(one => one.Item1).Select(one => KeyValuePair.Create(one.Item1, one.Item2))]);
                RequireSame(input, SignatureFields.Parse("Signature-Input", $"{label}={input}", SignatureInput.Read)[label]);
            },
            iter: Sample,
            threads: 1);

    [Fact]
    public void Those_that_came_to_no_harm_are_good() => Assert.All(TestRequest.Corpus, document => Assert.True(IsGood(document)));

    [Fact]
    public void A_request_with_one_byte_changed_is_refused() =>
        Gen.Select(Gen.OneOf(TestRequest.Corpus.ToArray()), Gen.Int[0, int.MaxValue], Gen.Byte[1, 255]).Sample(
            (document, place, mask) => RequireRefused(document, place % document.Length, mask),
            iter: Changes,
            threads: 1,
            print: change => $"byte {change.Item2 % change.Item1.Length}");

    [Fact]
    [Trait("Tier", "long")]
    public void A_request_with_any_byte_changed_to_any_other_is_refused()
    {
        foreach (var document in TestRequest.Corpus)
        {
            for (var place = 0; place < document.Length; place++)
            {
                for (var mask = 1; mask <= byte.MaxValue; mask++)
                {
                    RequireRefused(document, place, (byte)mask);
                }
            }
        }
    }

    private static void RequireRefused(byte[] document, int place, byte mask)
    {
        var changed = document.ToArray();
        changed[place] ^= mask;
        var text = Encoding.Latin1.GetString(document);
        var line = text[..place].Count(c => c == '\n');
        if (text[place] == '\n' && line < TestRequest.Lines)
        {
            return; // It is nothing of the request, but ends a line of the document.
        }

        // Hosts are compared without regard to case; that is all that two documents may differ in.
        var isCase = char.IsAsciiLetter(text[place]) && mask == 0x20 && line == 1;
        Assert.True(IsGood(changed) == isCase, $"byte {place} of this is changed by {mask:x2}:\n{text}");
    }

    private static bool IsGood(byte[] document)
    {
        try
        {
            return new RequestVerifier(new FakeTimeProvider(TestRequest.Now)).Verify(TestRequest.Read(document)) is not null;
        }
        catch (FaultException e)
        {
            Assert.Equal(FaultCode.BadSignature, e.Fault.Code);
            return false;
        }
    }

    private static void ReadRequest(byte[] document)
    {
        var request = TestRequest.Read(document);
        if (new RequestVerifier(new FakeTimeProvider(TestRequest.Now)).Verify(request) is { } key)
        {
            Assert.Equal(TestRequest.Key.PublicKey, key);
            Assert.Contains(TestRequest.Meaning(request), Signed);
        }
        else
        {
            Assert.Null(request.Field("signature-input"));
        }
    }

    private static void ReadInput(byte[] document)
    {
        foreach (var (label, input) in SignatureFields.Parse("Signature-Input", Latin(document), SignatureInput.Read))
        {
            _ = input.FindTime("created");
            var again = SignatureFields.Parse("Signature-Input", $"{label}={input}", SignatureInput.Read)[label];
            RequireSame(input, again);
            var request = TestRequest.Read(TestRequest.Corpus[1]);
            Assert.Equal(input.BuildBase(request), again.BuildBase(request));
        }
    }

    private static void ReadValues(byte[] document)
    {
        foreach (var (label, value) in SignatureFields.Parse("Signature", Latin(document), ReadValue))
        {
            Assert.Equal(value, SignatureFields.Parse("Signature", $"{label}={value}", ReadValue)[label]);
        }
    }

    private static void ReadDigest(byte[] document)
    {
        var body = TestRequest.Read(TestRequest.Corpus[1]).Body;
        ContentDigest.Require(Latin(document), body);

        // Whoever gets so far has named this body's digest, by 43 digits of base64 that chance does not find.
        Assert.Contains(ContentDigest.Of(body), Latin(document), StringComparison.Ordinal);
    }

    private static FieldValue ReadValue(ref FieldReader reader) => reader.ReadValue();

    private static void RequireSame(SignatureInput expected, SignatureInput found)
    {
        Assert.Equal(expected.Components, found.Components);
        Assert.Equal(expected.Parameters, found.Parameters);
        Assert.Equal(expected.ToString(), found.ToString());
    }

    private static List<byte[]> Field(string name) =>
        [.. TestRequest.Corpus.Select(document => TestRequest.Read(document).Field(name)).OfType<string>().Select(Bytes)];

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static string Latin(byte[] document) => Encoding.Latin1.GetString(document);
}
