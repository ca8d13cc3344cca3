using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.HttpSignatures;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Client;

/// <summary>
/// One request and its answer, with a deadline over both. Whatever goes wrong on the way is <see cref="FaultCode.Unavailable"/>.
/// </summary>
internal sealed class Exchange(HttpClient http, KeyPair? key, TimeProvider time)
{
    /// <summary>How long an answer may take, besides what was asked to wait.</summary>
    public static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(15);

    // Less than an explorer lets pass, and more than its answers' whole seconds and their way to us.
    private static readonly TimeSpan ClockErrorMin = TimeSpan.FromSeconds(10);

    private readonly RequestSigner? signer = key is null ? null : new RequestSigner(key);
    private TimeSpan clockError;

    private string Remedy => $"Check that the explorer runs at {http.BaseAddress}.";

    /// <summary>Asks; the answer's document is read by <paramref name="read"/>.</summary>
    public Task<T> GetAsync<T>(string route, Func<JsonForm, T?> read, CancellationToken ct, TimeSpan wait = default)
        where T : class =>
        AskAsync(HttpMethod.Get, route, null, wait, element => StrictJson.Read(element, "answer", read), ct);

    /// <summary>Asks for what reads itself.</summary>
    public Task<T> GetDocumentAsync<T>(string route, Func<JsonElement, T> read, CancellationToken ct, TimeSpan wait = default) =>
        AskAsync(HttpMethod.Get, route, null, wait, read, ct);

    /// <summary>Sends a document; the answer's is read by <paramref name="read"/>.</summary>
    public Task<T> PostAsync<T>(string route, CanonicalJson document, Func<JsonForm, T?> read, CancellationToken ct)
        where T : class =>
        AskAsync(HttpMethod.Post, route, document, default, element => StrictJson.Read(element, "answer", read), ct);

    /// <summary>Asks for a document that says that all is well; what the answer says the time is, if it does.</summary>
    public Task<DateTimeOffset?> GetHealthAsync(string route, CancellationToken ct) => AskAsync(
        HttpMethod.Get,
        route,
        null,
        default,
        (element, date) => StrictJson.Read(element, "answer", form => form.Text("status")) == "ok"
            ? date
            : throw new FaultException(Strange("answered, and not that it is well")),
        ct);

    private Task<T> AskAsync<T>(
        HttpMethod method, string route, CanonicalJson? document, TimeSpan wait, Func<JsonElement, T> read, CancellationToken ct) =>
        AskAsync(method, route, document, wait, (element, _) => read(element), ct);

    private async Task<T> AskAsync<T>(
        HttpMethod method,
        string route,
        CanonicalJson? document,
        TimeSpan wait,
        Func<JsonElement, DateTimeOffset?, T> read,
        CancellationToken ct)
    {
        var answer = await SendAsync(method, route, document, wait, ct);
        if (answer.Status == HttpStatusCode.Unauthorized && LearnsTime(answer))
        {
            answer = await SendAsync(method, route, document, wait, ct);
        }

        if (!answer.Succeeded)
        {
            throw new FaultException(answer.ReadFault() ?? Strange($"answered {(int)answer.Status} without a fault"));
        }

        try
        {
            return read(answer.Parse() ?? throw new FaultException(Strange("did not answer with JSON")), answer.Date);
        }
        catch (FaultException e) when (e.Fault.Code == FaultCode.Invalid)
        {
            throw new FaultException(Strange("answered what does not read") with { Cause = e.Fault }, e);
        }
    }

    private async Task<Answer> SendAsync(HttpMethod method, string route, CanonicalJson? document, TimeSpan wait, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(AnswerTimeMax + wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        using var request = MakeRequest(method, route, document is { } json ? Encoding.UTF8.GetBytes(json.Text) : []);

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return new Answer(response.StatusCode, await ReadAsync(response.Content, either.Token), response.Headers.Date);
        }
        // A connection that is reset as soon as it stands comes out of HttpClient as the bare exception of its socket.
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw new FaultException(
                new Fault(FaultCode.Unavailable, $"The explorer at {http.BaseAddress} cannot be reached: {e.Message}", Remedy), e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Unavailable, $"The explorer at {http.BaseAddress} did not answer within {AnswerTimeMax + wait}", Remedy), e);
        }
    }

    private HttpRequestMessage MakeRequest(HttpMethod method, string route, byte[] body)
    {
        var address = new Uri(http.BaseAddress!, route);
        var request = new HttpRequestMessage(method, address);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        var parts = new RequestParts(method.Method, address.Authority, address.AbsolutePath, address.Query, _ => null, body);
        foreach (var (name, value) in signer?.Sign(parts, time.GetUtcNow() + clockError) ?? [])
        {
            request.Headers.Add(name, value);
        }

        return request;
    }

    /// <summary>
    /// A node whose clock is wrong still has to hear of cancels: what an explorer says the time is goes into the signatures for it, and
    /// nowhere else. True: that is news.
    /// </summary>
    private bool LearnsTime(Answer answer)
    {
        var error = signer is not null && answer.Date is { } date ? date - time.GetUtcNow() : clockError;
        var news = (error - clockError).Duration() > ClockErrorMin;
        clockError = news ? error : clockError;
        return news;
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        using var body = new MemoryStream();
        var chunk = new byte[16384];
        while (await stream.ReadAsync(chunk, ct) is > 0 and var count)
        {
            body.Write(chunk, 0, count);
            if (body.Length > Answer.SizeMax)
            {
                throw new FaultException(Strange($"answered with more than {Answer.SizeMax} bytes"));
            }
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private Fault Strange(string what) => new(FaultCode.Unavailable, $"What listens at {http.BaseAddress} {what}", Remedy);
}
