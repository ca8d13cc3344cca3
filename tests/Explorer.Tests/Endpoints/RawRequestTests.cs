using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Provision.Explorer.Tests.Endpoints;

/// <summary>Bytes that no HTTP client would send.</summary>
public sealed class RawRequestTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("2\r\n{}xx0\r\n\r\n")]
    [InlineData("ffffffffffffffffffff\r\n{}")]
    public async Task A_body_in_malformed_chunks_gets_a_problem(string body)
    {
        await using var explorer = await RunningExplorer.StartAsync();
        var answer = await AskAsync(
            explorer, $"POST /api/v1/orders HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("send the whole body", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("LocalHost:8420", 200)]
    [InlineData("127.0.0.1:1", 200)]
    [InlineData("127.8.8.8", 200)]
    [InlineData("[::1]:8420", 200)]
    [InlineData("evil.example", 421)]
    [InlineData("localhost.evil.example:8420", 421)]
    [InlineData("127.0.0.1.evil.example", 421)]
    [InlineData("192.0.2.1", 421)]
    public async Task On_the_loopback_only_local_hosts_are_answered(string host, int status)
    {
        await using var explorer = await RunningExplorer.StartAsync();
        var answer = await AskAsync(explorer, $"GET /api/v1/health HTTP/1.1\r\nHost: {host}\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Equal(status == 421, answer.Contains("application/problem+json", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Origin: https://evil.example", 403)]
    [InlineData("Origin: null", 403)]
    [InlineData("Origin: http://localhost:1", 403)]
    [InlineData("Origin: http://localhost", 200)]
    [InlineData("Sec-Fetch-Site: cross-site", 403)]
    [InlineData("Sec-Fetch-Site: same-site", 403)]
    [InlineData("Sec-Fetch-Site: same-origin", 200)]
    [InlineData("Sec-Fetch-Site: none", 200)]
    public async Task A_web_page_of_another_place_is_answered_nothing(string field, int status)
    {
        await using var explorer = await RunningExplorer.StartAsync();
        var answer = await AskAsync(explorer, $"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n{field}\r\n\r\n");
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(RunningExplorer explorer, string request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(explorer.Address.Host, explorer.Address.Port, Ct);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Ct);
        var answer = new StringBuilder();
        var chunk = new byte[4096];
        while (!answer.ToString().EndsWith('}') && await stream.ReadAsync(chunk, Ct) is > 0 and var count)
        {
            answer.Append(Encoding.UTF8.GetString(chunk, 0, count));
        }

        return answer.ToString();
    }
}
