using CsCheck;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Reservations.Tests.Wire;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("{ \"a\" :\t[ 1 ,\r\n 2.50 , -0 , 1E+2 ] }", """{"a":[1,2.50,-0,1E+2]}""")]
    [InlineData("\n true ", "true")]
    [InlineData("\"  a  b\"", "\"  a  b\"")]
    public void White_space_goes_outside_strings_only(string json, string canonical) =>
        Assert.Equal(canonical, CanonicalJson.Of(json).Text);

    [Theory]
    [InlineData("\"<b> & </b>\"", "\"\\u003cb\\u003e \\u0026 \\u003c/b\\u003e\"")]
    [InlineData("{\"<\":\"\u2028\u2029\"}", """{"\u003c":"\u2028\u2029"}""")]
    [InlineData("\"é 😀 ' + /\"", "\"é 😀 ' + /\"")]
    public void What_Go_escapes_is_escaped_and_nothing_else(string json, string canonical) =>
        Assert.Equal(canonical, CanonicalJson.Of(json).Text);

    [Theory]
    [InlineData("""{"a\" : <":1}""", """{"a\" : \u003c":1}""")]
    [InlineData("""["\\", " \\\" ", "\\\\\" "]""", """["\\"," \\\" ","\\\\\" "]""")]
    [InlineData("""["\u00e9", "\/", "\u003C", "\n"]""", """["\u00e9","\/","\u003C","\n"]""")]
    public void Escapes_stay_as_written(string json, string canonical) =>
        Assert.Equal(canonical, CanonicalJson.Of(json).Text);

    [Fact]
    public void Keys_and_numbers_keep_their_order_and_spelling() =>
        Assert.Equal("""{"b":1.0,"a":10000000000000000000001}""", CanonicalJson.Of("""{"b": 1.0, "a": 10000000000000000000001}""").Text);

    [Fact]
    public void The_canonical_form_of_a_canonical_form_is_itself() => Documents.Json.Sample(json =>
    {
        var once = CanonicalJson.Of(json);
        Assert.Equal(once, CanonicalJson.Of(once.Text));
        Assert.Equal(once, CanonicalJson.Of(once.ToElement()));
        Assert.Equal(once, CanonicalJson.Build(once.WriteTo));
    });

    [Fact]
    public void The_canonical_form_means_the_same() => Documents.Json.Sample(json =>
        Assert.True(System.Text.Json.JsonElement.DeepEquals(System.Text.Json.JsonElement.Parse(json), CanonicalJson.Of(json).ToElement())));

    [Fact]
    public void The_default_is_null()
    {
        Assert.Equal("null", default(CanonicalJson).Text);
        Assert.Equal(default, CanonicalJson.Of("null"));
        Assert.Equal("null", CanonicalJson.Build(default(CanonicalJson).WriteTo).ToString());
    }
}
