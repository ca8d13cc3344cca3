using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Provision.Explorer.Client;
using Provision.Explorer.Feed;
using Provision.Explorer.Hosting;
using Provision.Explorer.Storage;
using Provision.Explorer.Storage.Memory;
using Provision.Reservations.HttpSignatures;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Explorer.Tests.Endpoints;

/// <summary>An explorer on a free port of the loopback, and a client of it. One node is registered.</summary>
internal sealed class RunningExplorer : IAsyncDisposable
{
    private readonly WebApplication app;

    private RunningExplorer(WebApplication app)
    {
        this.app = app;
        Address = new Uri(app.Urls.Single());
        Client = As(Samples.NodeKey);
        Http = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    /// <summary>Asks as the node.</summary>
    public ExplorerClient Client { get; }

    public HttpClient Http { get; }

    public static async Task<RunningExplorer> StartAsync(IStore? store = null, params IReadOnlyList<string> names)
    {
        var ct = TestContext.Current.CancellationToken;
        var app = ExplorerApp.Build(store ?? new MemoryStore("epoch"), TimeProvider.System, new IPEndPoint(IPAddress.Loopback, 0), names);
        await app.StartAsync(ct);
        var running = new RunningExplorer(app);
        await running.Client.RegisterAsync(Samples.Registration(created: TimeProvider.System.GetUtcNow()), ct);
        return running;
    }

    /// <summary>Asks as somebody; the caller disposes it.</summary>
    public ExplorerClient As(KeyPair? key) => ExplorerClient.Create(Address, key);

    /// <summary>The answer to a request that the node signs.</summary>
    public async Task<HttpResponseMessage> GetSignedAsync(string route)
    {
        var address = new Uri(Address, route);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        var parts = new RequestParts("GET", address.Authority, address.AbsolutePath, address.Query, _ => null, default);
        foreach (var (name, value) in new RequestSigner(Samples.NodeKey).Sign(parts, TimeProvider.System.GetUtcNow()))
        {
            request.Headers.Add(name, value);
        }

        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Returns when so many polls wait in the core.</summary>
    public async Task WaitForPollsAsync(int count)
    {
        var core = app.Services.GetRequiredService<ExplorerCore>();
        var begin = TimeProvider.System.GetTimestamp();
        while (core.WaitingPolls != count)
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(begin) < TimeSpan.FromSeconds(10),
                $"{core.WaitingPolls} polls wait, not {count}");
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public Task StopAsync() => app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Http.Dispose();
        await app.DisposeAsync();
    }
}
