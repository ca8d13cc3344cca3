using System.Net;
using System.Text;
using Provision.Explorer.Client;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Explorer.Tests.Endpoints;

/// <summary>What strangers send: every one gets a problem with place, reason and remedy, and nothing changes.</summary>
public sealed class BadInputTests
{
    private static readonly string Good = OrderJson.Write(Samples.Volume(created: TimeProvider.System.GetUtcNow())).Text;

    public static TheoryData<string, string, string> Spoiled => new()
    {
        { "nothing", "", "" },
        { "truncated", "", Good[..^10] },
        { "two documents", "", Good + Good },
        { "a list", "", "[]" },
        { "a thousand levels", "", new string('[', 1000) + new string(']', 1000) },
        { "a thousand levels of data", "", With("data", $$"""{"size":{{new string('[', 1000)}}{{new string(']', 1000)}}}""") },
        { "a key twice", "", WithType("\"type\":\"volume\",\"type\":\"volume\"") },
        { "a key twice, once escaped", "", WithType("\"type\":\"volume\",\"t\\u0079pe\":\"volume\"") },
        { "two sorts", "/cancel", "{\"cancel\":[]," + Good[1..] },
        { "no sort", "", "{}" },
        { "an unknown sort", "/renew", "{\"renew\":{}}" },
        { "an unknown field", "/reservation/colour", With("colour", "\"red\"") },
        { "sixty thousand unknown fields", "/reservation/f7", $"{{\"reservation\":{{{ManyFields}}}}}" },
        { "half a surrogate pair in a value", "/reservation/type", With("type", "\"\\ud800\"") },
        { "half a surrogate pair in a key", "", With("\\ud800", "1") },
        { "half a surrogate pair in a key of data", "", With("data", "{\"size\":1,\"type\":\"SSD\",\"\\udc00\":1}") },
        { "half a surrogate pair in a nonce", "/reservation/nonce", With("nonce", "\"nonce-0123456789\\ud800\"") },
        { "NUL in the kind", "/reservation/type", With("type", "\"volume\\u0000\"") },
        { "NUL in a nonce", "/reservation/nonce", With("nonce", "\"nonce-0123456789\\u0000\"") },
        { "a node id of 31 bytes", "/reservation/node_id", With("node_id", "\"4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM\"") },
        { "a node id of 64 bytes", "/reservation/node_id", With("node_id", $"\"{new string('2', 88)}\"") },
        { "a node id outside of base58", "/reservation/node_id", With("node_id", $"\"{new string('0', 44)}\"") },
        { "another node", "/reservation/node_id", With("node_id", $"\"{Samples.OtherNode}\"") },
        { "300 years", "/reservation/duration", With("duration", "9460800000000000000") },
        { "no time", "/reservation/duration", With("duration", "0") },
        { "less than no time", "/reservation/duration", With("duration", "-3600000000000") },
        { "half a tick", "/reservation/duration", With("duration", "3600000000001") },
        { "an unknown kind", "/reservation/type", With("type", "\"spaceship\"") },
        { "size 0", "/reservation/data/size", With("data", "{\"size\":0,\"type\":\"SSD\"}") },
        { "size 2^64-1", "/reservation/data/size", With("data", "{\"size\":18446744073709551615,\"type\":\"SSD\"}") },
        { "size 1.5", "/reservation/data/size", With("data", "{\"size\":1.5,\"type\":\"SSD\"}") },
        { "size as text", "/reservation/data/size", With("data", "{\"size\":\"1\",\"type\":\"SSD\"}") },
        { "an unknown field of data", "/reservation/data/x", With("data", "{\"size\":1,\"type\":\"SSD\",\"x\":1}") },
        { "one changed byte", "/reservation/signature", With("data", "{\"size\":2,\"type\":\"SSD\"}") },
        { "an empty signature", "/reservation/signature", With("signature", "\"\"") },
        { "no text for a signature", "/reservation/signature", With("signature", "null") },
        { "a short signature", "/reservation/signature", With("signature", "\"AAAA\"") },
        { "version 1", "/reservation/signature_version", With("signature_version", "1") },
        { "an id of its own", "/reservation/id", With("id", "\"9-9\"") },
        { "a date that is none", "/reservation/created", With("created", "\"2026-02-30T00:00:00Z\"") },
        { "the past", "/reservation/duration", With("created", "\"2020-01-01T00:00:00Z\"") },
        { "the future", "/reservation/created", With("created", "\"2199-01-01T00:00:00Z\"") },
    };

    private static string ManyFields => string.Join(',', Enumerable.Range(0, 60_000).Select(i => $"\"f{i}\":0"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Spoiled))]
    public async Task A_bad_order_gets_a_problem_and_changes_nothing(string what, string pointer, string body)
    {
        var fault = await RefusedAsync(what, Encoding.UTF8.GetBytes(body));
        Assert.Contains(pointer, fault.Problems.Select(problem => problem.Pointer));
    }

    [Theory]
    [InlineData(0)]
    [InlineData((1L << 53) + 1)]
    [InlineData(long.MaxValue)]
    public async Task A_counter_without_a_next_one_is_refused(long counter)
    {
        var cancel = OrderJson.Write(Samples.Cancel(Samples.Volume().ComputeDigest(), counter)).Text;
        var problem = Assert.Single((await RefusedAsync("counter", Encoding.UTF8.GetBytes(cancel))).Problems);
        Assert.Equal("/cancel/counter", problem.Pointer);
        Assert.Contains("9007199254740992", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public Task Text_that_is_not_UTF_8_gets_a_problem() =>
        RefusedAsync("not UTF-8", [.. Encoding.UTF8.GetBytes(Good[..40]), 0xff, 0xfe, .. Encoding.UTF8.GetBytes(Good[40..])]);

    [Fact]
    public async Task Two_mebibytes_get_413()
    {
        var fault = await RefusedAsync(
            "huge", Encoding.UTF8.GetBytes($"\"{new string('x', 2 << 20)}\""), HttpStatusCode.RequestEntityTooLarge);
        Assert.Contains("1048576", fault.Problems[0].Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/nodes/xyz/feed", "{node}")]
    [InlineData("/api/v1/nodes/NODE/feed?after=-1", "?after")]
    [InlineData("/api/v1/nodes/NODE/feed?after=x", "?after")]
    [InlineData("/api/v1/nodes/NODE/feed?wait=NaN", "?wait")]
    [InlineData("/api/v1/nodes/NODE/feed?wait=-Infinity", "?wait")]
    [InlineData("/api/v1/nodes/NODE/feed?wait=Infinity", "?wait")]
    [InlineData("/api/v1/nodes/NODE/feed?wait=-1", "?wait")]
    [InlineData("/api/v1/nodes/NODE/feed?wait=1e300", "?wait")]
    [InlineData("/api/v1/nodes/NODE/feed?after=1&after=2", "?after")]
    [InlineData("/api/v1/nodes/NODE/receipts?after=99999999999999999999", "?after")]
    [InlineData("/api/v1/reservations?user=me", "?user")]
    [InlineData("/api/v1/reservations?node=it", "?node")]
    [InlineData("/api/v1/reservations/-1", "{id}")]
    public async Task A_bad_question_gets_a_problem(string route, string place)
    {
        await using var explorer = await RunningExplorer.StartAsync();
        using var response = await explorer.Http.GetAsync(route.Replace("NODE", Samples.Node.ToString(), StringComparison.Ordinal), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(place, Assert.Single((await ReadFaultAsync(response)).Problems).Pointer);
    }

    [Fact]
    public async Task An_unknown_route_or_method_is_told_the_known_ones()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        foreach (var (method, route) in new[] { (HttpMethod.Get, "/"), (HttpMethod.Delete, "/api/v1/orders") })
        {
            using var request = new HttpRequestMessage(method, route);
            using var response = await explorer.Http.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Contains("POST /api/v1/orders", (await ReadFaultAsync(response)).Remedy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_receipt_that_does_not_read_spoils_no_other()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        var order = Samples.Volume(created: TimeProvider.System.GetUtcNow());
        await explorer.Client.SubmitAsync(order, Ct);
        var good = ReceiptJson.Write(Samples.Receipt(order, 1)).Text;
        using var content = new StringContent($$"""{"receipts":[{"sequence":7},{{good}},null]}""");
        using var response = await explorer.Http.PostAsync($"/api/v1/nodes/{Samples.Node}/receipts", content, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answers = StrictJson.Parse(await response.Content.ReadAsByteArrayAsync(Ct)).GetProperty("answers").EnumerateArray().ToList();
        Assert.Equal([7, 1, 0], answers.Select(answer => answer.GetProperty("sequence").GetInt64()));
        Assert.Equal(
            [false, true, false], answers.Select(answer => answer.GetProperty("fault").ValueKind == System.Text.Json.JsonValueKind.Null));
        Assert.Single(await explorer.Client.ListReceiptsAsync(Samples.Node, 0, Ct));
    }

    [Fact]
    public async Task More_than_a_hundred_receipts_are_refused()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        using var content = new StringContent($$"""{"receipts":[{{string.Join(',', Enumerable.Repeat("{}", 101))}}]}""");
        using var response = await explorer.Http.PostAsync($"/api/v1/nodes/{Samples.Node}/receipts", content, Ct);
        Assert.Equal((HttpStatusCode.BadRequest, "/receipts"), (response.StatusCode, (await ReadFaultAsync(response)).Problems[0].Pointer));
    }

    private static string WithType(string json) => Good.Replace("\"type\":\"volume\"", json, StringComparison.Ordinal);

    private static string With(string field, string json)
    {
        var name = $"\"{field}\":";
        var start = Good.IndexOf(name, StringComparison.Ordinal);
        if (start < 0)
        {
            return Good.Replace("{\"reservation\":{", $"{{\"reservation\":{{{name}{json},", StringComparison.Ordinal);
        }

        var value = System.Text.Json.JsonElement.Parse(Good).GetProperty("reservation").GetProperty(field).GetRawText();
        return string.Concat(Good.AsSpan(0, start), name, json, Good.AsSpan(start + name.Length + value.Length));
    }

    private static async Task<Fault> RefusedAsync(string what, byte[] body, HttpStatusCode? status = null)
    {
        await using var explorer = await RunningExplorer.StartAsync();
        using var content = new ByteArrayContent(body);
        using var response = await explorer.Http.PostAsync("/api/v1/orders", content, Ct);
        Assert.True(
            response.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError, $"{what}: {response.StatusCode}");
        Assert.Equal(status ?? response.StatusCode, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var fault = await ReadFaultAsync(response);
        Assert.NotEmpty(fault.Problems);
        Assert.All(fault.Problems, problem => Assert.True(problem is { Reason.Length: > 0, Remedy.Length: > 0 }));
        Assert.Empty((await explorer.Client.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.Zero, Ct)).Entries);
        return fault;
    }

    private static async Task<Fault> ReadFaultAsync(HttpResponseMessage response) =>
        new Answer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(Ct), null).ReadFault()
        ?? throw new InvalidOperationException("The answer carries no fault.");
}
