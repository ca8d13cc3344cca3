using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Provision.Reservations.Faults;
using Provision.Reservations.HttpSignatures;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Explorer.Endpoints;

/// <summary>Who asks, where the request carries no signed document that says so (RFC 9421).</summary>
internal static class RequestSignatures
{
    private const int DefaultPort = 80;
    private static readonly object SignerKey = new();

    /// <summary>
    /// Checks every signature that a request has, whether its route asks for one or not. What was signed for another explorer is refused:
    /// whoever runs that one would read here what only its user may.
    /// </summary>
    /// <param name="app">The explorer.</param>
    /// <param name="verifier">Checks them.</param>
    /// <param name="names">
    /// What the explorer is called, each HOST or HOST:PORT, beside the address at which a request arrives.
    /// </param>
    public static void UseRequestSignatures(
        this WebApplication app, RequestVerifier verifier, IReadOnlyList<string> names) => app.Use(async (context, next) =>
    {
        if (context.Request.Headers.ContainsKey("Signature") || context.Request.Headers.ContainsKey("Signature-Input"))
        {
            if (!IsOurs(context, names))
            {
                var asked = JsonForm.Shorten(context.Request.Host.Value ?? "");
                await context.AnswerFaultAsync(
                    new Fault(
                        FaultCode.Denied,
                        $"The request is signed for {asked}, which is no name of this explorer",
                        "Ask for a name that it has; who runs it gives it one with --name."),
                    StatusCodes.Status421MisdirectedRequest);
                return;
            }

            context.Items[SignerKey] = verifier.Verify(await ReadPartsAsync(context));
        }

        await next(context);
    });

    /// <summary>Returns when the request was signed by one of these.</summary>
    /// <exception cref="FaultException"><c>BadSignature</c>: it is not signed. <c>Denied</c>: by somebody else.</exception>
    public static void RequireSigner(this HttpContext context, string what, params IReadOnlyList<PublicKey> allowed)
    {
        if (!allowed.Contains(context.RequireSigner()))
        {
            // Whose it is, is not for a stranger either.
            throw new FaultException(
                FaultCode.Denied, $"{what} is not yours to read", "Ask with the key of the user or the node that it belongs to.");
        }
    }

    /// <summary>Who signed the request.</summary>
    /// <exception cref="FaultException"><c>BadSignature</c>: nobody did.</exception>
    public static PublicKey RequireSigner(this HttpContext context) =>
        context.Items[SignerKey] is PublicKey signer
            ? signer
            : throw new FaultException(
                FaultCode.BadSignature,
                "The request is not signed",
                "Sign it with the key of the identity whose data it asks for, as docs/protocol.md says (RFC 9421).");

    private static bool IsOurs(HttpContext context, IReadOnlyList<string> names)
    {
        var (host, connection) = (context.Request.Host, context.Connection);
        if (names.Contains(host.Value, StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        var arrived = connection.LocalIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : connection.LocalIpAddress;
        return (host.Port ?? DefaultPort) == connection.LocalPort && arrived is not null
            && (IPAddress.TryParse(host.Host, out var named)
                ? named.Equals(arrived)
                : host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) && IPAddress.IsLoopback(arrived));
    }

    private static async Task<RequestParts> ReadPartsAsync(HttpContext context)
    {
        var request = context.Request;
        var body = await context.ReadBodyAsync();
        request.Body = new MemoryStream(body.ToArray(), writable: false);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? at : target.Length;
        var authority = request.Host.Value ?? "";
        return new RequestParts(
            request.Method,
            authority.EndsWith(":80", StringComparison.Ordinal) ? authority[..^3] : authority,
            target[..query],
            target[query..],
            name => request.Headers.TryGetValue(name, out var values) ? string.Join(", ", values.ToArray()) : null,
            body);
    }
}
