using System.Net;
using Provision.Reservations.Faults;

namespace Provision.Explorer.Endpoints;

/// <summary>
/// Keeps web pages out of an explorer on the loopback: a page whose name was made to lead here (DNS rebinding) runs in a browser of this
/// machine, but its requests carry that name.
/// </summary>
internal static class HostGuard
{
    /// <summary>Answers 421 (RFC 9110 §15.5.20) for every other host than this machine, when that is all we listen to.</summary>
    public static void UseHostGuard(this WebApplication app, IPAddress listen)
    {
        if (IPAddress.IsLoopback(listen))
        {
            app.Use((context, next) => IsHere(context.Request.Host.Host) ? next(context) : RefuseAsync(context));
        }
    }

    private static bool IsHere(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static Task RefuseAsync(HttpContext context) => context.AnswerFaultAsync(
        new Fault(
            FaultCode.Denied,
            "The explorer listens to this machine only, and the request was for another host",
            "Ask for localhost or a loopback address, or let the explorer listen elsewhere with --listen."),
        StatusCodes.Status421MisdirectedRequest);
}
