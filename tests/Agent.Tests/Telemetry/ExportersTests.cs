using Provision.Agent.Telemetry;
using Xunit;

namespace Provision.Agent.Tests.Telemetry;

public sealed class ExportersTests
{
    [Theory]
    [InlineData("http://c:4318", "http://c:4318/v1/traces")]
    [InlineData("http://c:4318/", "http://c:4318/v1/traces")]
    [InlineData("https://c/otlp", "https://c/otlp/v1/traces")]
    [InlineData("https://c/of/us/", "https://c/of/us/v1/traces")]
    [InlineData("https://c/otlp?team=us", "https://c/otlp/v1/traces?team=us")]
    public void Traces_go_below_the_address_of_the_collector(string collector, string traces) =>
        Assert.Equal(traces, Exporters.TracesOf(new Uri(collector)).AbsoluteUri);
}
