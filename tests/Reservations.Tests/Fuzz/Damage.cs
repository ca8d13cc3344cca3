using System.Text;
using CsCheck;

namespace Provision.Reservations.Tests.Fuzz;

/// <summary>Documents that came to harm, and bytes that never were one.</summary>
internal static class Damage
{
    // What a careless or malicious sender would put in: structure, escapes, halves of characters, huge and odd numbers, other types.
    private static readonly Gen<byte[]> Splinter = Gen.OneOf(
        Gen.Byte.Array[1, 3],
        Gen.OneOf(
            "\"", "\\", "{", "}", "[", "]", ",", ":", "\\ud800", "\\u0000", "\0", "é", "😀",
            "null", "true", "-1", "1.5", "1e999", "18446744073709551615", "{}", "[]", "-0", "1e-400", "\\u017f", "10.0.0.0/8", "::1",
            "\"a\":1,", "\"reservation\":{},", "\"\\ud800\":1,", " ", "\n", "\u2028").Select(Encoding.UTF8.GetBytes),
        Gen.Int[1, 200].Select(count => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[{\"a\":", count)))),
        Gen.OneOf<byte[]>([0xff], [0xc3], [0xed, 0xa0, 0x80], [0xef, 0xbb, 0xbf]));

    private static readonly Gen<(double Place, int Length, byte[] Splinter)> Hit = Gen.Double[0, 1].Select(Gen.Int[0, 12], Splinter);

    /// <summary>One of these documents with one to four hits; one in ten is bytes by chance, and one in ten is as it was.</summary>
    public static Gen<byte[]> Of(params IReadOnlyList<byte[]> corpus) => Gen.Frequency(
        (8, Hits(corpus)),
        (1, Gen.Byte.Array[0, 64]),
        (1, Gen.OneOf(corpus.ToArray())));

    /// <summary>One of these documents with one to four hits.</summary>
    public static Gen<byte[]> Hits(params IReadOnlyList<byte[]> corpus) => Gen.Select(
        Gen.OneOf(corpus.ToArray()),
        Hit.List[1, 4],
        (document, hits) => hits.Aggregate(document, (bytes, hit) => Replace(bytes, hit.Place, hit.Length, hit.Splinter)));

    private static byte[] Replace(byte[] bytes, double place, int length, byte[] splinter)
    {
        var start = (int)(place * bytes.Length);
        return [.. bytes[..start], .. splinter, .. bytes[Math.Min(bytes.Length, start + length)..]];
    }
}
