using System.Net;
using System.Text;
using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Xunit;
using Decoder = Provision.Reservations.Tests.Fuzz.Decoder;

namespace Provision.Explorer.Tests.Endpoints;

/// <summary>What a client makes of answers that came to harm: it takes them, or says that the explorer is strange.</summary>
public sealed class AnswerFuzzTests
{
    private const long Sample = 10_000;
    private const long Many = 200_000;

    private static readonly byte[] Health = """{"status":"ok"}"""u8.ToArray();
    private static readonly byte[] Problem =
        """{"title":"x","status":400,"detail":"y","fault":{"code":"invalid","what":"a","cause":{"code":"internal","what":"b"}}}"""u8
            .ToArray();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task Every_answer_that_came_to_harm_is_taken_or_named() => FuzzAsync(Decoder.Inputs(Sample));

    [Fact]
    [Trait("Tier", "long")]
    public Task Every_answer_of_many_that_came_to_harm_is_taken_or_named() => FuzzAsync(Decoder.Inputs(Many));

    private static async Task FuzzAsync(long inputs)
    {
        var order = Samples.Volume(created: TimeProvider.System.GetUtcNow());
        await using var explorer = await RunningExplorer.StartAsync();
        await explorer.Client.RegisterFarmAsync(Samples.Farm(created: TimeProvider.System.GetUtcNow()), Ct);
        await explorer.Client.SubmitAsync(order, Ct);
        var receipt = Samples.Receipt(order, 1);
        await explorer.Client.SendAsync(Samples.Node, [receipt], Ct);
        async Task<byte[]> GetAsync(string route)
        {
            using var answer = await explorer.GetSignedAsync(route);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.Content.ReadAsByteArrayAsync(Ct);
        }

        byte[] submitted = [.. "{\"id\":\"1-1\",\"digest\":\""u8, .. Ascii(order.ComputeDigest()), .. "\",\"created\":true}"u8];
        Decoder.Fuzz(
            [
                Of("health", [Health], client => client.HealthAsync(Ct)),
                Of("page", [await GetAsync($"/api/v1/nodes/{Samples.Node}/feed")], client => client.PollAsync(
                    Samples.Node, FeedCursor.Start, TimeSpan.Zero, Ct)),
                Of("view", [await GetAsync("/api/v1/reservations/1-1")], client => client.FindReservationAsync("1-1", Ct)),
                Of("reservations", [await GetAsync($"/api/v1/reservations?node={Samples.Node}")], client => client.ListReservationsAsync(
                    null, Samples.Node, Ct)),
                Of("nodes", [await GetAsync("/api/v1/nodes")], client => client.ListNodesAsync(Ct)),
                Of("farms", [await GetAsync("/api/v1/farms")], client => client.ListFarmsAsync(Ct)),
                Of("receipts", [await GetAsync($"/api/v1/nodes/{Samples.Node}/receipts")], client => client.ListReceiptsAsync(
                    Samples.Node, 0, Ct)),
                Of("order", [submitted], client => client.SubmitAsync(order, Ct)),
                Of("answers", ["""{"answers":[{"sequence":1,"fault":null}]}"""u8.ToArray()], client => client.SendAsync(
                    Samples.Node, [receipt], Ct)),
                Of("problem", [Problem], client => client.HealthAsync(Ct), HttpStatusCode.BadRequest),
            ],
            inputs);
    }

    private static Decoder Of(
        string name, IReadOnlyList<byte[]> corpus, Func<ExplorerClient, Task> ask, HttpStatusCode status = HttpStatusCode.OK) =>
        new(name, corpus, document => Read(name, document, ask, status, corpus.Any(whole => whole.AsSpan().SequenceEqual(document))));

    private static void Read(string name, byte[] document, Func<ExplorerClient, Task> ask, HttpStatusCode status, bool whole)
    {
        // A list is asked for until a page is empty.
        var asked = 0;
        var empty = Encoding.ASCII.GetBytes($$"""{"{{name}}":[]}""");
        using var handler = new Fixed(() => new HttpResponseMessage(status)
        {
            Content = new ByteArrayContent(asked++ == 0 ? document : empty),
        });
        using var client = new ExplorerClient(new HttpClient(handler) { BaseAddress = new Uri("http://127.0.0.1:1/") }, Samples.NodeKey);
        var answered = ask(client);
        Assert.True(answered.IsCompleted, "Nothing waits here.");
        Assert.True(!whole || answered.IsCompletedSuccessfully == (status == HttpStatusCode.OK), $"{name}: {answered.Exception}");
        if (answered.Exception?.InnerException is { } thrown)
        {
            var fault = Assert.IsType<FaultException>(thrown).Fault;
            Assert.NotEmpty(fault.What);
            Assert.True(status != HttpStatusCode.OK || fault.Code is FaultCode.Unavailable or FaultCode.BadSignature, fault.ToString());
        }
    }

    private static byte[] Ascii(Digest digest) => Encoding.ASCII.GetBytes(digest.ToString());

    private sealed class Fixed(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer());
    }
}
