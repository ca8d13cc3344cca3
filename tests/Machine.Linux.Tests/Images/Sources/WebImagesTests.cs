using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Provision.Machine.Conformance;
using Provision.Machine.Images;
using Provision.Machine.Linux.Images;
using Provision.Machine.Linux.Images.Sources;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Linux.Tests.Images.Sources;

/// <summary>Downloads from servers that are slow, endless, lying, or a way to somewhere else.</summary>
public sealed class WebImagesTests : IDisposable
{
    private static readonly FetchLimits Limits = new() { SizeMax = new ByteSize(1 << 20), DiskReserve = ByteSize.Zero };
    private readonly TemporaryFolder temporary = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(temporary.Root), path => !path.EndsWith(".tar", StringComparison.Ordinal));
        temporary.Dispose();
    }

    [Fact]
    public async Task A_server_that_the_farmer_allows_is_fetched_from_and_learns_nothing_of_the_node()
    {
        var reference = TestArchive.Put(temporary.Root, "image", 1000);
        await using var server = TestServer.Of(await File.ReadAllBytesAsync(temporary.Of("image.tar"), Ct));

        using var archive = await Source(server.Host).OpenAsync(At(server, "image.tar?x=y"), Ct);

        Assert.Equal([reference.Digest], archive.List());
        Assert.Equal(
            $"GET /image.tar?x=y HTTP/1.1\r\nHost: {server.Host}\r\nUser-Agent: provisiond\r\n\r\n", Assert.Single(server.Requests));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("127.1")]
    [InlineData("0x7f000001")]
    [InlineData("2130706433")]
    [InlineData("0.0.0.0")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::]")]
    public async Task This_machine_itself_is_not_fetched_from(string host)
    {
        await using var server = TestServer.Of([]);

        var fault = await RefusedAsync(FaultCode.Denied, Source(), $"//{host}:{server.Port}/image.tar");

        Assert.Contains($":{server.Port}", fault.What, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_host_that_is_allowed_is_allowed_at_its_port_alone()
    {
        await using var allowed = TestServer.Of("404 Not Found");
        await using var other = TestServer.Of([]);

        await RefusedAsync(FaultCode.Denied, Source(allowed.Host), $"//{other.Host}/image.tar");
        await RefusedAsync(FaultCode.NotFound, Source(allowed.Host), $"//{allowed.Host}/image.tar");
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task Being_sent_elsewhere_opens_no_door()
    {
        await using var inside = TestServer.Of([]);
        await using var server = TestServer.Of("302 Found", $"Location: http://{inside.Host}/secret");

        await RefusedAsync(FaultCode.Denied, Source(server.Host), $"//{server.Host}/image.tar");

        Assert.Empty(inside.Requests);
    }

    [Fact]
    public async Task Being_sent_elsewhere_on_the_same_server_is_followed_five_times()
    {
        var reference = TestArchive.Put(temporary.Root, "image", 1000);
        var body = await File.ReadAllBytesAsync(temporary.Of("image.tar"), Ct);
        await using var server = new TestServer(async (request, stream, ct) =>
        {
            var left = int.Parse(request.Split('/', ' ')[2], System.Globalization.CultureInfo.InvariantCulture);
            await TestServer.HeadAsync(
                stream, left > 0 ? "307 Away" : "200 OK", left > 0 ? $"Location: /{left - 1}" : $"Content-Length: {body.Length}", ct);
            await stream.WriteAsync(left > 0 ? [] : body, ct);
        });

        using var archive = await Source(server.Host).OpenAsync(At(server, "5"), Ct);
        Assert.Equal([reference.Digest], archive.List());
        await RefusedAsync(FaultCode.Denied, Source(server.Host), $"//{server.Host}/6");
    }

    [Theory]
    [InlineData("https://a/x", "http://b/x")]
    [InlineData("https://a/x", "file:///etc/passwd")]
    [InlineData("http://a/x", "ftp://b/x")]
    [InlineData("http://a/x", "http://user:password@b/x")]
    [InlineData("http://a/x", null)]
    public void Being_sent_to_what_is_less_safe_is_refused(string from, string? to) => Assert.Equal(
        FaultCode.Denied,
        Assert.Throws<FaultException>(() => WebImages.Follow(new Uri(from), to is null ? null : new Uri(to))).Fault.Code);

    [Theory]
    [InlineData("http://a/x", "https://b/y", "https://b/y")]
    [InlineData("https://a/x/y", "z", "https://a/x/z")]
    public void Being_sent_to_what_is_as_safe_is_followed(string from, string to, string expected) =>
        Assert.Equal(new Uri(expected), WebImages.Follow(new Uri(from), new Uri(to, UriKind.RelativeOrAbsolute)));

    [Theory]
    [InlineData("404 Not Found", FaultCode.NotFound)]
    [InlineData("410 Gone", FaultCode.NotFound)]
    [InlineData("401 Unauthorized", FaultCode.Denied)]
    [InlineData("403 Forbidden", FaultCode.Denied)]
    [InlineData("204 No Content", FaultCode.Denied)]
    [InlineData("302 Found", FaultCode.Denied)]
    [InlineData("429 Too Many Requests", FaultCode.Unavailable)]
    [InlineData("500 Internal Server Error", FaultCode.Unavailable)]
    [InlineData("503 Service Unavailable", FaultCode.Unavailable)]
    [InlineData("no number at all", FaultCode.Unavailable)]
    public async Task What_a_server_answers_says_whether_to_try_again(string status, FaultCode code)
    {
        await using var server = TestServer.Of(status);

        await RefusedAsync(code, Source(server.Host), $"//{server.Host}/image.tar");
    }

    [Fact]
    public async Task A_body_without_an_end_is_cut_off()
    {
        await using var server = new TestServer(async (_, stream, ct) =>
        {
            await TestServer.HeadAsync(stream, "200 OK", "Content-Type: application/x-tar", ct);
            while (true)
            {
                await stream.WriteAsync(new byte[1 << 16], ct);
            }
        });

        await RefusedAsync(FaultCode.OutOfCapacity, Source(server.Host), $"//{server.Host}/image.tar");
    }

    [Fact]
    public async Task A_body_that_is_said_to_be_too_large_is_not_begun()
    {
        await using var server = new TestServer(async (_, stream, ct) =>
        {
            await TestServer.HeadAsync(stream, "200 OK", $"Content-Length: {long.MaxValue}", ct);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        });

        await RefusedAsync(FaultCode.OutOfCapacity, Source(server.Host), $"//{server.Host}/image.tar");
    }

    [Fact]
    public async Task A_body_that_ends_early_can_be_tried_again()
    {
        await using var server = new TestServer((_, stream, ct) => TestServer.HeadAsync(stream, "200 OK", "Content-Length: 1000", ct));

        await RefusedAsync(FaultCode.Unavailable, Source(server.Host), $"//{server.Host}/image.tar");
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up()
    {
        await using var server = new TestServer((_, _, ct) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct));
        var limits = Limits with { SilenceMax = TimeSpan.FromMilliseconds(200) };

        var fault = await RefusedAsync(FaultCode.Unavailable, Source(limits, server.Host), $"//{server.Host}/image.tar");

        Assert.Contains("nothing for 0.2 seconds", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_a_little_now_and_then_is_given_up()
    {
        await using var server = new TestServer(async (_, stream, ct) =>
        {
            await TestServer.HeadAsync(stream, "200 OK", "Content-Length: 100000", ct);
            while (true)
            {
                await stream.WriteAsync(new byte[1], ct);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, ct);
            }
        });
        var limits = Limits with { DownloadTimeMax = TimeSpan.FromMilliseconds(600) };

        var fault = await RefusedAsync(FaultCode.Unavailable, Source(limits, server.Host), $"//{server.Host}/image.tar");

        Assert.Contains("not through", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_disk_of_the_node_is_not_filled()
    {
        await using var server = TestServer.Of(new byte[1000]);
        var limits = Limits with { DiskReserve = new ByteSize(1L << 60) };

        await RefusedAsync(FaultCode.Unavailable, Source(limits, server.Host), $"//{server.Host}/image.tar");
    }

    [Fact]
    public async Task What_is_no_archive_is_refused_without_a_word_of_where_it_lies()
    {
        await using var server = TestServer.Of(new byte[5000]);

        var fault = await RefusedAsync(FaultCode.Invalid, Source(server.Host), $"//{server.Host}/image.tar");

        Assert.DoesNotContain(temporary.Root, fault.ToString(), StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_can_be_tried_again()
    {
        string host;
        await using (var server = TestServer.Of([]))
        {
            host = server.Host;
        }

        await RefusedAsync(FaultCode.Unavailable, Source(host), $"//{host}/image.tar");
    }

    [Fact]
    public async Task A_server_that_vouches_for_itself_is_not_trusted()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), DateTimeOffset.MaxValue);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync();
        var source = new WebImages("https", temporary.Root, [$"{listener.LocalEndpoint}"], Limits, TimeProvider.System);

        var fault = await RefusedAsync(FaultCode.Unavailable, source, $"//{listener.LocalEndpoint}/image.tar");

        Assert.Contains("certificate is not trusted", fault.What, StringComparison.Ordinal);
        Assert.Equal(0, await serving);

        // How much came after the handshake.
        async Task<int> ServeAsync()
        {
            using var client = await listener.AcceptTcpClientAsync(Ct);
            await using var stream = new SslStream(client.GetStream());
            try
            {
                await stream.AuthenticateAsServerAsync(certificate);
                return await stream.ReadAsync(new byte[1], Ct);
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                return 0;
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("//")]
    [InlineData("host/image.tar")]
    [InlineData("/image.tar")]
    [InlineData("//user@host/image.tar")]
    [InlineData("//user:password@host/image.tar")]
    [InlineData("//host/image.tar#part")]
    [InlineData("//host:99999/image.tar")]
    public async Task What_is_no_address_is_refused_and_not_repeated(string location)
    {
        var fault = await RefusedAsync(FaultCode.Invalid, Source(), location);
        Assert.DoesNotContain("@host", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_gives_up_waits_for_no_server()
    {
        using var given = new CancellationTokenSource();
        await using var server = new TestServer((_, _, ct) =>
        {
            given.Cancel();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Source(server.Host).OpenAsync(At(server, "image.tar"), given.Token));
    }

    private static ImageReference At(TestServer server, string path) => new("http", $"//{server.Host}/{path}", Digest.Of("x"u8));

    private static async Task<Fault> RefusedAsync(FaultCode code, WebImages source, string location)
    {
        var fault = await Throws.FaultAsync(
            code, async () => await source.OpenAsync(new ImageReference(source.Scheme, location, Digest.Of("x"u8)), Ct));
        Assert.NotEmpty(fault.Remedy ?? "");
        return fault;
    }

    private WebImages Source(params string[] allowed) => Source(Limits, allowed);

    private WebImages Source(FetchLimits limits, params string[] allowed) =>
        new("http", temporary.Root, allowed, limits, TimeProvider.System);
}
