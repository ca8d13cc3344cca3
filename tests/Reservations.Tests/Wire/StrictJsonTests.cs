using System.Text;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Wire;

public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{\"a\":1,}")]
    [InlineData("[1,]")]
    [InlineData("{'a':1}")]
    [InlineData("{a:1}")]
    [InlineData("{\"a\":1 /* why */}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":\"\n\"}")]
    [InlineData("{\"a\":\"\\x\"}")]
    [InlineData("\ufeff{}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    [InlineData("{\"x\":[{\"a\":{\"b\":1,\"b\":1}}]}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"x\":{\"\\udc00\":1}}")]
    public void What_is_not_strict_JSON_is_refused(string json) => AssertRefused(Encoding.UTF8.GetBytes(json));

    [Theory]
    [InlineData("{\"a\":\"", "\"}")]
    [InlineData("{\"", "\":1}")]
    [InlineData("{\"a\":{\"b\":[\"", "\"]}}")]
    public void What_is_not_UTF_8_is_refused(string before, string after)
    {
        byte[][] broken = [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]];
        Assert.All(broken, bytes => AssertRefused([.. Encoding.UTF8.GetBytes(before), .. bytes, .. Encoding.UTF8.GetBytes(after)]));
    }

    [Fact]
    public void Nesting_ends_at_32()
    {
        StrictJson.Parse(Nested(StrictJson.DepthMax));
        AssertRefused(Nested(StrictJson.DepthMax + 1));
        AssertRefused(Nested(1000));
        AssertRefused(Encoding.UTF8.GetBytes(new string('[', 100_000)));
    }

    [Fact]
    public void The_largest_document_has_a_MiB()
    {
        StrictJson.Parse(Encoding.UTF8.GetBytes($"\"{new string('a', StrictJson.SizeMax - 2)}\""));
        AssertRefused(Encoding.UTF8.GetBytes($"\"{new string('a', StrictJson.SizeMax - 1)}\""));
    }

    [Fact]
    public void A_problem_says_where_the_text_breaks_off()
    {
        var fault = Samples.Refused(() => StrictJson.Parse("{\n  \"a\": tru }"u8.ToArray(), "order"));
        Assert.Equal("The order is not valid JSON", fault.What);
        Assert.StartsWith("breaks off at line 2, byte", fault.Problems[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_there_twice_is_named() => Assert.Contains(
        "'a'",
        Samples.Refused(() => StrictJson.Parse("""{"a":1,"a":2}"""u8.ToArray())).Problems[0].Reason,
        StringComparison.Ordinal);

    private static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));

    private static void AssertRefused(byte[] utf8)
    {
        var problem = Assert.Single(Samples.Refused(FaultCode.Invalid, () => StrictJson.Parse(utf8)).Problems);
        Assert.Equal("", problem.Pointer);
        Assert.DoesNotContain("line ,", problem.Reason, StringComparison.Ordinal);
    }
}
