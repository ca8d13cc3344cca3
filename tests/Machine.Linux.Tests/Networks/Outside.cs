using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Provision.Machine.Linux.Networks;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>
/// A neighbour of the machine, by whom it reaches the internet: both in a namespace beside it. What listens there greets everybody.
/// </summary>
internal sealed class Outside : IDisposable
{
    private const string Link = "wan0";
    private const string OtherLink = "wan1";
    private readonly NetworkNamespace space =
        NetworkNamespace.RunInNew(() => new NetworkNamespace(File.OpenHandle("/proc/thread-self/ns/net")));

    private readonly List<IDisposable> open = [];

    public Outside()
    {
        Tool.Run("ip", "link", "add", Link, "type", "veth", "peer", "name", OtherLink, "netns", Path);
        Tool.Run("ip", "address", "add", $"{Machine}/24", "dev", Link);
        Tool.Run("ip", "link", "set", Link, "up");
        Run("ip", "link", "set", "lo", "up");
        Run("ip", "link", "set", OtherLink, "up");
        Run("ip", "address", "add", $"{Neighbour}/24", "dev", OtherLink);
        Run("ip", "address", "add", $"{Internet}/32", "dev", "lo");
        Run("ip", "address", "add", "168.63.129.16/32", "dev", "lo"); // Where some clouds keep what their machines are told.
        Tool.Run("ip", "route", "add", "default", "via", Neighbour.ToString());
    }

    /// <summary>The machine, as its neighbours know it.</summary>
    public static IPAddress Machine => IPAddress.Parse("192.168.77.2");

    /// <summary>A neighbour of the machine, who also knows all names.</summary>
    public static IPAddress Neighbour => IPAddress.Parse("192.168.77.1");

    /// <summary>Somebody on the internet.</summary>
    public static IPAddress Internet => IPAddress.Parse("198.41.0.4");

    /// <summary>What every name means.</summary>
    public static IPAddress Named => IPAddress.Parse("198.41.0.77");

    private string Path =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{space.Handle.DangerousGetHandle()}");

    /// <summary>Runs a command outside.</summary>
    public void Run(string program, params string[] arguments) => space.Run(() => Tool.Run(program, arguments));

    /// <summary>True when there is an answer from there within a second.</summary>
    public bool Reaches(IPAddress address) =>
        space.Run(() => Tool.Try("busybox", "ping", "-c", "1", "-W", "1", $"{address}")).ExitCode == 0;

    /// <summary>Greets at a port of all addresses outside; tells who came.</summary>
    /// <param name="port">The port.</param>
    /// <param name="stays">True: who is greeted is not taken leave of.</param>
    public List<IPAddress> Greet(int port, bool stays = false) => Greet(space.Run(() => Listen(port)), stays);

    /// <summary>Greets at a port of all addresses of the machine; tells who came.</summary>
    public List<IPAddress> GreetAtMachine(int port) => Greet(Listen(port), stays: false);

    /// <summary>Answers to all questions for names.</summary>
    public void AnswerNames()
    {
        var socket = space.Run(() => new UdpClient(new IPEndPoint(Neighbour, 53)));
        open.Add(socket);
        _ = AnswerAsync(socket);
    }

    /// <summary>True when somebody outside is greeted there within a second.</summary>
    public Task<bool> IsGreetedAsync(IPAddress address, int port) =>
        IsGreetedAsync(space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)), address, port);

    /// <summary>True when the machine is greeted there within a second.</summary>
    public static Task<bool> IsMachineGreetedAsync(IPAddress address, int port) =>
        IsGreetedAsync(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), address, port);

    public void Dispose()
    {
        open.ForEach(one => one.Dispose());
        Tool.Run("ip", "link", "delete", Link);
        space.Dispose();
    }

    private static async Task<bool> IsGreetedAsync(Socket socket, IPAddress address, int port)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
        using (socket)
        {
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), late.Token);
                return await socket.ReceiveAsync(new byte[1], late.Token) == 1;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                return false;
            }
        }
    }

    private static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Any, port);
        listener.Start();
        return listener;
    }

    private List<IPAddress> Greet(TcpListener listener, bool stays)
    {
        open.Add(listener);
        var callers = new List<IPAddress>();
        _ = GreetAsync(listener, callers, stays ? open : null);
        return callers;
    }

    private static async Task GreetAsync(TcpListener listener, List<IPAddress> callers, List<IDisposable>? kept)
    {
        try
        {
            while (true)
            {
                var caller = await listener.AcceptSocketAsync();
                callers.Add(((IPEndPoint)caller.RemoteEndPoint!).Address);
                await caller.SendAsync("welcome\n"u8.ToArray());
                if (kept is null)
                {
                    caller.Dispose();
                }
                else
                {
                    kept.Add(caller);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nobody listens any more.
        }
    }

    private static async Task AnswerAsync(UdpClient socket)
    {
        try
        {
            while (true)
            {
                var question = await socket.ReceiveAsync();
                var end = Array.IndexOf(question.Buffer, (byte)0, 12) + 5; // RFC 1035, 4.1: header, name, type and class
                var answer = question.Buffer[..end];
                (answer[2], answer[3]) = (0x81, 0x80);
                answer.AsSpan(8, 4).Clear();
                var isAddress = answer[end - 3] == 1;
                answer[7] = (byte)(isAddress ? 1 : 0);
                byte[] record = isAddress ? [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. Named.GetAddressBytes()] : [];
                await socket.SendAsync((byte[])[.. answer, .. record], question.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nobody listens any more.
        }
    }
}
