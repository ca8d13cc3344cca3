using System.Net;
using Provision.Reservations.Faults;

namespace Provision.Explorer.Endpoints;

/// <summary>
/// Keeps foreign web pages out. A page whose name was made to lead to the loopback (DNS rebinding) runs in a browser of this machine, but
/// its requests carry that name; and what a page of another place sends says so itself (Fetch Standard; Fetch Metadata).
/// </summary>
internal static class HostGuard
{
    /// <summary>
    /// Answers 421 (RFC 9110 §15.5.20) for every other host than this machine, when that is all we listen to, and 403 for foreign pages.
    /// </summary>
    public static void UseHostGuard(this WebApplication app, IPAddress listen)
    {
        app.Use((context, next) => IsForeignPage(context.Request) ? RefusePageAsync(context) : next(context));
        if (IPAddress.IsLoopback(listen))
        {
            app.Use((context, next) => IsHere(context.Request.Host.Host) ? next(context) : RefuseAsync(context));
        }
    }

    private static bool IsHere(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsForeignPage(HttpRequest request) =>
        (request.Headers.TryGetValue("Sec-Fetch-Site", out var site) && site.ToString() is not ("none" or "same-origin"))
        || (request.Headers.TryGetValue("Origin", out var origin)
            && !(Uri.TryCreate(origin.ToString(), UriKind.Absolute, out var page)
                && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)));

    private static Task RefusePageAsync(HttpContext context) => context.AnswerFaultAsync(
        new Fault(
            FaultCode.Denied, "The request comes from a web page of another place", "Ask with 'provision', or without a browser."));

    private static Task RefuseAsync(HttpContext context) => context.AnswerFaultAsync(
        new Fault(
            FaultCode.Denied,
            "The explorer listens to this machine only, and the request was for another host",
            "Ask for localhost or a loopback address, or let the explorer listen elsewhere with --listen."),
        StatusCodes.Status421MisdirectedRequest);
}
