using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;
using Xunit;

namespace Provision.Explorer.Tests.Endpoints;

/// <summary>What a client makes of an explorer that is none, or lies.</summary>
public sealed class StrangeServerTests
{
    private static readonly Uri Somewhere = new("http://127.0.0.1:1/");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, "<html>hello</html>")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"status":"ok","status":"ok"}""")]
    [InlineData(200, """{"status":7}""")]
    [InlineData(302, "")]
    [InlineData(404, "not here")]
    [InlineData(500, "oops")]
    [InlineData(502, """{"title":"Bad Gateway"}""")]
    [InlineData(503, """{"fault":{"code":"spaceship","what":"x"}}""")]
    public async Task Anything_strange_is_unavailable_with_a_remedy(int status, string body)
    {
        using var client = Client(_ => Answer(status, body));
        var fault = await FaultAsync(client.HealthAsync(Ct));
        Assert.Equal(FaultCode.Unavailable, fault.Code);
        Assert.Contains("Check that the explorer runs at http://127.0.0.1:1/", fault.Remedy, StringComparison.Ordinal);
    }

    // In place of ~ comes the byte 0xFF, which is no UTF-8.
    [Theory]
    [InlineData("""{"epoch":"e","next":1,"entries":[{"sequence":1,"content":{"a":"~"}}]}""")]
    [InlineData("""{"epoch":"~","next":0,"entries":[]}""")]
    [InlineData("""{"epoch":"e","next":0,"entries":[],"~":1}""")]
    [InlineData("""{"epoch":"\ud800","next":0,"entries":[]}""")]
    [InlineData("""{"epoch":"e","next":0,"entries":[],"\ud800":1}""")]
    public async Task What_is_not_unicode_is_unavailable(string page)
    {
        var body = Encoding.Latin1.GetBytes(page.Replace('~', 'ÿ'));
        using var client = Client(_ => new(HttpStatusCode.OK) { Content = new ByteArrayContent(body) });
        Assert.Equal(FaultCode.Unavailable, (await FaultAsync(client.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.Zero, Ct))).Code);
    }

    [Fact]
    public async Task A_connection_that_is_reset_as_soon_as_it_stands_is_unavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var handler = new SocketsHttpHandler();
        handler.ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(listener.LocalEndpoint, ct);
            using (var accepted = await listener.AcceptSocketAsync(ct))
            {
                accepted.LingerState = new LingerOption(enable: true, seconds: 0);
            }

            socket.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead);
            return new NetworkStream(socket, ownsSocket: true);
        };
        using var client = new ExplorerClient(new HttpClient(handler) { BaseAddress = Somewhere }, null);
        Assert.Equal(FaultCode.Unavailable, (await FaultAsync(client.HealthAsync(Ct))).Code);
    }

    [Fact]
    public async Task A_fault_in_a_problem_is_that_fault()
    {
        using var client = Client(_ => Answer(500, """{"title":"x","fault":{"code":"data_loss","what":"torn","remedy":"restore"}}"""));
        Assert.Equal(new Fault(FaultCode.DataLoss, "torn", "restore"), await FaultAsync(client.HealthAsync(Ct)));
    }

    [Fact]
    public async Task An_endless_answer_is_cut()
    {
        using var client = Client(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new EndlessStream()) });
        Assert.Contains("more than", (await FaultAsync(client.HealthAsync(Ct))).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_list_is_cut()
    {
        var pages = 0;
        var farm = CanonicalJson.Build(Samples.Farm().Write).Text;
        var id = Samples.Farm().Farm.ToString();
        using var client = Client(_ =>
        {
            var first = pages++ * 1000;
            var page = Enumerable.Range(first, 1000).Select(i =>
            {
                var key = new byte[32];
                BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(28), i + 1);
                key[0] = 1;
                return farm.Replace(id, new FarmId(PublicKey.Of(key)).ToString(), StringComparison.Ordinal);
            });
            return Answer(200, $$"""{"farms":[{{string.Join(',', page)}}]}""");
        });
        var fault = await FaultAsync(client.ListFarmsAsync(Ct));
        Assert.Equal(FaultCode.Unavailable, fault.Code);
        Assert.Contains("more than 100000 farms", fault.What, StringComparison.Ordinal);
        Assert.Equal(101, pages);
    }

    [Fact]
    public async Task Nobody_there_is_unavailable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var client = ExplorerClient.Create(new Uri($"http://127.0.0.1:{port}"), null);
        Assert.Equal(FaultCode.Unavailable, (await FaultAsync(client.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.Zero, Ct))).Code);
    }

    [Fact]
    public async Task Another_reservation_than_asked_for_is_not_believed()
    {
        await using var explorer = await RunningExplorer.StartAsync();
        await explorer.Client.SubmitAsync(Samples.Volume(created: TimeProvider.System.GetUtcNow()), Ct);
        using var truth = await explorer.GetSignedAsync("/api/v1/reservations/1-1");
        var lie = await truth.Content.ReadAsStringAsync(Ct);
        using var client = Client(_ => Answer(200, lie));
        Assert.Equal(FaultCode.Unavailable, (await FaultAsync(client.FindReservationAsync("2-1", Ct))).Code);
        using var forger = Client(_ => Answer(200, lie.Replace("\"size\":1", "\"size\":2", StringComparison.Ordinal)));
        Assert.Equal(FaultCode.Unavailable, (await FaultAsync(forger.FindReservationAsync("1-1", Ct))).Code);
    }

    [Fact]
    public async Task Receipts_that_were_not_sent_are_not_answered()
    {
        using var client = Client(_ => Answer(200, """{"answers":[{"sequence":8,"fault":null}]}"""));
        Assert.Equal(
            FaultCode.Unavailable, (await FaultAsync(client.SendAsync(Samples.Node, [Samples.Receipt(Samples.Volume(), 9)], Ct))).Code);
    }

    [Fact]
    public async Task Users_are_retried_nodes_are_not_and_only_what_is_transient()
    {
        var asked = 0;
        using var client = Client(_ => Answer(++asked < 3 ? 502 : 200, """{"status":"ok"}"""));
        await client.WithRetry(TimeSpan.FromMinutes(1)).HealthAsync(Ct);
        Assert.Equal(3, asked);

        asked = 0;
        await FaultAsync(client.WithRetry(TimeSpan.FromMinutes(1)).PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.Zero, Ct));
        Assert.Equal(1, asked);

        asked = 0;
        using var refusing = Client(_ =>
        {
            asked++;
            return Answer(409, """{"fault":{"code":"conflict","what":"no"}}""");
        });
        await FaultAsync(refusing.WithRetry(TimeSpan.FromMinutes(1)).SubmitAsync(Samples.Volume(), Ct));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_caller_who_leaves_is_no_fault()
    {
        using var client = Client(_ => Answer(200, "{}"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.HealthAsync(new CancellationToken(canceled: true)));
    }

    private static async Task<Fault> FaultAsync(Task work) => (await Assert.ThrowsAsync<FaultException>(() => work)).Fault;

    private static HttpResponseMessage Answer(int status, string body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private static ExplorerClient Client(Func<HttpRequestMessage, HttpResponseMessage> answer) =>
        new(new HttpClient(new Handler(answer)) { BaseAddress = Somewhere }, null);

    private sealed class Handler(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromResult(answer(request));
        }
    }

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
