using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Cli.Tests.Output;

public sealed class PlainTests
{
    [Theory]
    [InlineData("\u001b[2J", "�[2J")]
    [InlineData("a\rb\nc\td", "a�b�c�d")]
    [InlineData("\u009b31m", "�31m")]
    [InlineData("a\u007fb", "a�b")]
    [InlineData("abc\u202egpj.exe", "abc�gpj.exe")]
    [InlineData("\u2028\u2029\u200b", "���")]
    public void What_a_terminal_would_obey_is_replaced(string text, string plain) => Assert.Equal(plain, Plain.Of(text));

    [Theory]
    [InlineData("")]
    [InlineData("Bücher, 日本, 😀, [bold]")]
    public void Other_text_stays_as_it_is(string text) => Assert.Equal(text, Plain.Of(text));
}
