using System.Net;
using System.Net.Sockets;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Images.Sources;

/// <summary>
/// Connections of one download. A name is resolved once, and what is connected to is what was checked: a name that has another address
/// the next time gains nothing.
/// </summary>
/// <param name="allowedHosts">HOST:PORT that are not checked.</param>
internal sealed class CheckedConnections(IReadOnlyList<string> allowedHosts)
{
    /// <summary>Why the last one was refused; null when none was. What makes the request wraps it beyond recognition.</summary>
    public FaultException? Refusal { get; private set; }

    /// <summary>Connects, for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var name = host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]:{port}" : $"{host}:{port}";
        var addresses = await Dns.GetHostAddressesAsync(host, ct);
        if (!allowedHosts.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            addresses = [.. addresses.Where(PublicAddresses.Contain)];
        }

        if (addresses.Length == 0)
        {
            throw Refusal = new FaultException(
                FaultCode.Denied,
                $"This node does not fetch from {name}: it is no address of the internet",
                "Put the image on a public server, or ask the farmer to allow this one.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }
}
