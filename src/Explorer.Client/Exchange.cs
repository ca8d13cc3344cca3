using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Client;

/// <summary>
/// One request and its answer, with a deadline over both. Whatever goes wrong on the way is <see cref="FaultCode.Unavailable"/>.
/// </summary>
internal sealed class Exchange(HttpClient http, TimeProvider time)
{
    /// <summary>How long an answer may take, besides what was asked to wait.</summary>
    public static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(15);

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

    private async Task<T> AskAsync<T>(
        HttpMethod method, string route, CanonicalJson? document, TimeSpan wait, Func<JsonElement, T> read, CancellationToken ct)
    {
        var answer = await SendAsync(method, route, document, wait, ct);
        if (!answer.Succeeded)
        {
            throw new FaultException(answer.ReadFault() ?? Strange($"answered {(int)answer.Status} without a fault"));
        }

        try
        {
            return read(answer.Parse() ?? throw new FaultException(Strange("did not answer with JSON")));
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
        using var request = new HttpRequestMessage(method, route);
        if (document is { } json)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json.Text));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return new Answer(response.StatusCode, await ReadAsync(response.Content, either.Token));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
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
