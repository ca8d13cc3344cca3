using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Feed;
using Provision.Reservations.HttpSignatures;
using Xunit;

namespace Provision.Explorer.Tests.Endpoints;

/// <summary>What is not public is told to whom it is about, and to nobody else.</summary>
public sealed class SignedRequestTests
{
    private static readonly string[] Private =
    [
        $"api/v1/nodes/{Samples.Node}/feed", "api/v1/reservations/1-1", $"api/v1/reservations?node={Samples.Node}", "api/v1/reservations",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_does_not_sign_learns_nothing()
    {
        await using var explorer = await StartAsync();
        foreach (var route in Private)
        {
            using var response = await explorer.Http.GetAsync(route, Ct);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.NotNull(response.Headers.Date);
        }

        foreach (var route in (string[])["nodes", "farms", "health", $"nodes/{Samples.Node}/receipts"])
        {
            using var response = await explorer.Http.GetAsync($"api/v1/{route}", Ct);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task The_user_and_the_node_read_and_nobody_else()
    {
        await using var explorer = await StartAsync();
        using var alice = explorer.As(Samples.Alice);
        Assert.Equal("1-1", (await alice.FindReservationAsync("1-1", Ct)).Id.ToString());
        Assert.Single(await alice.ListReservationsAsync(new UserId(Samples.Alice.PublicKey), null, Ct));
        Assert.Single(await explorer.Client.ListReservationsAsync(null, Samples.Node, Ct));
        Assert.Equal("1-1", (await explorer.Client.FindReservationAsync("1-1", Ct)).Id.ToString());

        foreach (var key in new[] { Samples.Bob, Samples.OtherNodeKey, Samples.Farmer })
        {
            using var stranger = explorer.As(key);
            Assert.Equal(FaultCode.Denied, await CodeAsync(stranger.FindReservationAsync("1-1", Ct)));
            Assert.Equal(FaultCode.Denied, await CodeAsync(stranger.ListReservationsAsync(null, Samples.Node, Ct)));
            Assert.Equal(FaultCode.Denied, await CodeAsync(stranger.ListReservationsAsync(null, null, Ct)));
            Assert.Equal(FaultCode.Denied, await CodeAsync(stranger.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.Zero, Ct)));
        }

        Assert.Equal(FaultCode.Denied, await CodeAsync(alice.PollAsync(Samples.Node, FeedCursor.Start, TimeSpan.Zero, Ct)));
        Assert.Equal(FaultCode.Denied, await CodeAsync(alice.ListReservationsAsync(new UserId(Samples.Bob.PublicKey), null, Ct)));
    }

    [Fact]
    public async Task A_request_is_good_once_and_for_what_it_asks()
    {
        await using var explorer = await StartAsync();
        var address = new Uri(explorer.Address, Private[0]);
        var fields = new RequestSigner(Samples.NodeKey).Sign(
            new RequestParts("GET", address.Authority, address.AbsolutePath, address.Query, _ => null, default),
            TimeProvider.System.GetUtcNow());
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(new Uri(address, "?after=1")));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(address));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(address));

        async Task<HttpStatusCode> SendAsync(Uri to)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, to);
            foreach (var (name, value) in fields)
            {
                request.Headers.Add(name, value);
            }

            using var response = await explorer.Http.SendAsync(request, Ct);
            return response.StatusCode;
        }
    }

    [Theory]
    [InlineData("HERE", true)]
    [InlineData("localhost:PORT", true)]
    [InlineData("LocalHost:PORT", true)]
    [InlineData("127.0.0.2:8420", true)] // Its name.
    [InlineData("localhost:1", false)]
    [InlineData("localhost", false)]
    [InlineData("127.0.0.3:PORT", false)]
    [InlineData("[::1]:PORT", false)]
    public async Task What_is_signed_for_another_explorer_is_refused(string authority, bool isOurs)
    {
        await using var explorer = await RunningExplorer.StartAsync(null, "127.0.0.2:8420");
        var host = authority.Replace("HERE", explorer.Address.Authority, StringComparison.Ordinal)
            .Replace("PORT", explorer.Address.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var path = $"/api/v1/nodes/{Samples.Node}/feed";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(explorer.Address, path));
        request.Headers.Host = host;
        var parts = new RequestParts("GET", host, path, "", _ => null, default);
        foreach (var (name, value) in new RequestSigner(Samples.NodeKey).Sign(parts, TimeProvider.System.GetUtcNow()))
        {
            request.Headers.Add(name, value);
        }

        using var response = await explorer.Http.SendAsync(request, Ct);

        Assert.Equal(isOurs ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(86400)]
    public async Task Whose_clock_is_wrong_is_told_the_time_and_heard(int seconds)
    {
        await using var explorer = await StartAsync();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddSeconds(seconds));
        using var http = new HttpClient { BaseAddress = explorer.Address };
        var exchange = new Exchange(http, Samples.NodeKey, time);
        for (var i = 0; i < 2; i++)
        {
            var page = await exchange.GetDocumentAsync(Private[0], FeedPage.Read, Ct);
            Assert.Single(page.Entries);
        }
    }

    private static async Task<RunningExplorer> StartAsync()
    {
        var explorer = await RunningExplorer.StartAsync();
        await explorer.Client.SubmitAsync(Samples.Volume(created: TimeProvider.System.GetUtcNow()), Ct);
        return explorer;
    }

    private static async Task<FaultCode> CodeAsync(Task work) => (await Assert.ThrowsAsync<FaultException>(() => work)).Fault.Code;
}
