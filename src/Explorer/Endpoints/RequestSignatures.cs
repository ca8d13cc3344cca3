using Microsoft.AspNetCore.Http.Features;
using Provision.Reservations.Faults;
using Provision.Reservations.HttpSignatures;
using Provision.Reservations.Signing;

namespace Provision.Explorer.Endpoints;

/// <summary>Who asks, where the request carries no signed document that says so (RFC 9421).</summary>
internal static class RequestSignatures
{
    private static readonly object SignerKey = new();

    /// <summary>Checks every signature that a request has, whether its route asks for one or not.</summary>
    public static void UseRequestSignatures(this WebApplication app, RequestVerifier verifier) => app.Use(async (context, next) =>
    {
        if (context.Request.Headers.ContainsKey("Signature") || context.Request.Headers.ContainsKey("Signature-Input"))
        {
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
