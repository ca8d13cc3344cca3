using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Provision.Images;
using Provision.Machine.Images;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Images.Sources;

/// <summary>
/// <c>https://HOST/PATH@sha256:DIGEST</c>, and http: a file that a server of the tenant's choice hands out. The server is a stranger and
/// may not make this node speak to anything but the internet: what counts is the address that is connected to, at every redirect. It
/// learns nothing of the node but its address, and cannot hold it up for longer than <see cref="FetchLimits"/> say.
/// </summary>
/// <param name="scheme">https or http.</param>
/// <param name="folder">For downloads; root's alone. What is there when a daemon starts is nobody's.</param>
/// <param name="allowedHosts">HOST:PORT that may be fetched from wherever they are.</param>
/// <param name="limits">When a server is given up.</param>
/// <param name="time">The clock of the limits.</param>
internal sealed class WebImages(
    string scheme, string folder, IReadOnlyList<string> allowedHosts, FetchLimits limits, TimeProvider time) : IImageSource
{
    private const int RedirectsMax = 5;

    /// <inheritdoc/>
    public string Scheme => scheme;

    /// <inheritdoc/>
    public async ValueTask<ImageArchive> OpenAsync(ImageReference reference, CancellationToken ct)
    {
        // It is not repeated, because it may hold a password.
        var address = reference.Address ?? throw new FaultException(
            FaultCode.Invalid,
            "What the image names is no address of a file, or names a user, a password or a fragment",
            $"Write {scheme}://HOST/PATH@sha256:DIGEST.");
        var path = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            await DownloadAsync(address, path, ct);

            // It stays open, and needs its name no more.
            return await ArchiveFile.OpenAsync(path, $"What {address.Host} sent");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task DownloadAsync(Uri address, string path, CancellationToken ct)
    {
        using var whole = new CancellationTokenSource(limits.DownloadTimeMax, time);
        using var silence = new CancellationTokenSource(limits.SilenceMax, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(ct, whole.Token, silence.Token);
        var connections = new CheckedConnections(allowedHosts);
        try
        {
            using var client = new HttpClient(MakeHandler(connections)) { Timeout = Timeout.InfiniteTimeSpan };
            client.DefaultRequestHeaders.UserAgent.ParseAdd("provisiond");
            using var answer = await AskAsync(client, address, any.Token);
            await using var body = await answer.Content.ReadAsStreamAsync(any.Token);
            var file = new DownloadFile(path, limits);
            await file.WriteAsync(body, answer.Content.Headers.ContentLength, () => silence.CancelAfter(limits.SilenceMax), any.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var reason = whole.IsCancellationRequested
                ? $"was not through after {limits.DownloadTimeMax.TotalMinutes:0.#} minutes"
                : $"sent nothing for {limits.SilenceMax.TotalSeconds:0.#} seconds";
            throw new FaultException(FaultCode.Unavailable, $"{address.Host} {reason}", "Put the image on a faster server.");
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException or SocketException)
        {
            throw connections.Refusal ?? new FaultException(
                new Fault(
                    FaultCode.Unavailable, $"{address.Host} cannot be fetched from: {Reason(e)}", "See whether it answers others."),
                e);
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, Uri address, CancellationToken ct)
    {
        for (var redirects = 0; ; redirects++)
        {
            var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, ct);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return answer;
            }

            using (answer)
            {
                address = (int)answer.StatusCode is 301 or 302 or 303 or 307 or 308 && redirects < RedirectsMax
                    ? Follow(address, answer.Headers.Location)
                    : throw Refused(address, (int)answer.StatusCode);
            }
        }
    }

    /// <summary>Where to go on when a server sends elsewhere. <c>Denied</c>: nowhere.</summary>
    internal static Uri Follow(Uri from, Uri? location)
    {
        if (location is null || !Uri.TryCreate(from, location, out var to) || to.UserInfo.Length > 0
            || (to.Scheme != Uri.UriSchemeHttps && (to.Scheme != Uri.UriSchemeHttp || from.Scheme != Uri.UriSchemeHttp)))
        {
            throw new FaultException(
                FaultCode.Denied,
                $"{from.Host} sends elsewhere, to where this node does not follow",
                "Give the address that the image is at; from https only https is followed.");
        }

        return to;
    }

    private static FaultException Refused(Uri address, int status) => status switch
    {
        404 or 410 => new FaultException(
            FaultCode.NotFound, $"{address.Host} has no such image (HTTP {status})", "Look at the address, and put the image there."),
        408 or 429 or >= 500 => new FaultException(
            FaultCode.Unavailable, $"{address.Host} cannot hand out the image now (HTTP {status})", "See whether that server is well."),
        >= 300 and < 400 => new FaultException(
            FaultCode.Denied, $"{address.Host} sends elsewhere too often (HTTP {status})", "Give the address that the image is at."),
        _ => new FaultException(
            FaultCode.Denied,
            $"{address.Host} does not hand out the image (HTTP {status})",
            "Put it where everybody can read it: this node has no password for it."),
    };

    /// <summary>No proxy, no cookie, no credential, no trace, and no certificate or list that a server's certificate names.</summary>
    private static SocketsHttpHandler MakeHandler(CheckedConnections connections) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectCallback = connections.ConnectAsync,
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                DisableCertificateDownloads = true,
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    };

    // None of the server's own words.
    private static string Reason(Exception e) => e switch
    {
        HttpRequestException { InnerException: SocketException socket } => socket.Message,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
            "its certificate is not trusted, or it speaks no TLS",
        SocketException socket => socket.Message,
        HttpRequestException request => request.HttpRequestError.ToString(),
        HttpIOException body => body.HttpRequestError.ToString(),
        _ => "it broke off",
    };
}
