using System.Net;
using Provision.Reservations.Faults;

namespace Provision.Explorer.Hosting;

/// <summary>Where the explorer listens.</summary>
internal static class ListenAddress
{
    /// <summary>On this machine only: nothing is encrypted.</summary>
    public const string Default = "http://127.0.0.1:8420";

    /// <summary>Reads <c>http://ADDRESS:PORT</c>; port 0 takes a free one.</summary>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/>.</exception>
    public static IPEndPoint Parse(string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "http", PathAndQuery: "/", UserInfo: "" })
        {
            if (uri.Host == "localhost")
            {
                return new IPEndPoint(IPAddress.Loopback, uri.Port);
            }

            if (IPAddress.TryParse(uri.DnsSafeHost, out var address))
            {
                return new IPEndPoint(address, uri.Port);
            }
        }

        throw new FaultException(
            FaultCode.Invalid,
            $"\"{text}\" is no address to listen on",
            $"Give http://ADDRESS:PORT, for instance {Default}; port 0 takes a free one.");
    }
}
