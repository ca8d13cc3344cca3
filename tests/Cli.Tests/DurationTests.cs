using Xunit;

namespace Provision.Cli.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 15 * 60)]
    [InlineData("1h", 3600)]
    [InlineData("7d", 7 * 86400)]
    [InlineData("1h30m", 5400)]
    [InlineData("1d2h3m4s", 86400 + 7200 + 180 + 4)]
    [InlineData("0s", 0)]
    [InlineData("999999d", 999999L * 86400)]
    public void A_number_with_its_unit_is_a_duration(string text, long seconds)
    {
        Assert.True(Duration.TryParse(text, out var span));
        Assert.Equal(TimeSpan.FromSeconds(seconds), span);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("h")]
    [InlineData("-1h")]
    [InlineData("1.5h")]
    [InlineData("1m1h")]
    [InlineData("1h ")]
    [InlineData("1h\n")]
    [InlineData("1w")]
    [InlineData("1H")]
    [InlineData("1234567s")]
    [InlineData("١h")]
    public void Anything_else_is_refused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData("90s", "1m30s")]
    [InlineData("24h", "1d")]
    [InlineData("0s", "0s")]
    [InlineData("1d2h3m4s", "1d2h3m4s")]
    public void What_is_printed_can_be_typed(string text, string printed)
    {
        Assert.True(Duration.TryParse(text, out var span));
        Assert.Equal(printed, Duration.Format(span));
        Assert.True(Duration.TryParse(printed, out var again));
        Assert.Equal(span, again);
    }
}
