using CsCheck;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Wire;

public sealed class FaultJsonTests
{
    [Fact]
    public void The_form_is_fixed()
    {
        var fault = new Fault(FaultCode.OutOfCapacity, "Full", "Wait.", new Fault(FaultCode.DataLoss, "gone"))
        {
            Problems = new Problems([new Problem("/a", "is 1", "give 2")]),
        };
        const string json = """
            {"code":"out_of_capacity","what":"Full","remedy":"Wait.",
            "problems":[{"pointer":"/a","reason":"is 1","remedy":"give 2"}],"cause":{"code":"data_loss","what":"gone"}}
            """;
        Assert.Equal(json.ReplaceLineEndings(""), Write(fault).Text);
    }

    [Fact]
    public void A_fault_reads_back() => Documents.Fault.Sample(fault =>
    {
        // Halves of surrogate pairs have no place in UTF-8: they become U+FFFD on the first hop, and then stay.
        var once = Read(Write(fault));
        Assert.Equal(once, Read(Write(once)));
        Assert.Equal(Write(fault), Write(once));
        Assert.Equal((fault.Code, fault.Problems.Count), (once.Code, once.Problems.Count));
    });

    [Fact]
    public void Well_formed_texts_read_back_unchanged()
    {
        var problems = new Problems([new Problem("/~1", "\t", "")]);
        var fault = new Fault(FaultCode.Internal, "<é> 😀 \" \\ \u2028 \0", "ok") { Problems = problems };
        Assert.Equal(fault, Read(Write(fault)));
    }

    [Fact]
    public void Every_code_has_a_text_of_its_own() =>
        Assert.Equal(Enum.GetValues<FaultCode>().Length, Enum.GetValues<FaultCode>().Select(FaultJson.CodeText).Distinct().Count());

    [Theory]
    [InlineData("""{"what":"x"}""", "/code")]
    [InlineData("""{"code":"odd","what":"x"}""", "/code")]
    [InlineData("""{"code":"invalid"}""", "/what")]
    [InlineData("""{"code":"invalid","what":"x","cause":7}""", "/cause")]
    [InlineData("""{"code":"invalid","what":"x","cause":{"code":"invalid"}}""", "/cause/what")]
    [InlineData("""{"code":"invalid","what":"x","problems":[{"pointer":"","reason":"r"}]}""", "/problems/0/remedy")]
    [InlineData("""{"code":"invalid","what":"x","stack":"y"}""", "/stack")]
    public void A_bad_fault_is_refused(string json, string pointer) =>
        Assert.Equal([pointer], Samples.Pointers(() => Read(CanonicalJson.Of(json))));

    private static CanonicalJson Write(Fault fault) => CanonicalJson.Build(writer => FaultJson.Write(writer, fault));

    private static Fault Read(CanonicalJson json) => StrictJson.Read(StrictJson.Parse(Samples.Bytes(json.Text)), "fault", FaultJson.Read);
}
