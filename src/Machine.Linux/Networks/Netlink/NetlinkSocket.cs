using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>
/// Speaks with the kernel about the network of the namespace in which it was opened (netlink(7)). For one caller at a time.
/// </summary>
internal sealed class NetlinkSocket : IDisposable
{
    /// <summary>Links, addresses and routes (rtnetlink(7)).</summary>
    public const int Routing = 0;

    /// <summary>Rules of packet filters (NETLINK_NETFILTER).</summary>
    public const int Filtering = 12;

    /// <summary>NLM_F_REQUEST, NLM_F_ACK: a change.</summary>
    public const int Change = 0x1 | 0x4;

    /// <summary>NLM_F_CREATE, NLM_F_EXCL: a change that makes what is not there yet.</summary>
    public const int Create = Change | 0x400 | 0x200;

    /// <summary>NLM_F_CREATE, NLM_F_REPLACE: a change that makes it, whatever there was.</summary>
    public const int Replace = Change | 0x400 | 0x100;

    /// <summary>NLM_F_REQUEST: a question with one answer.</summary>
    public const int Ask = 0x1;

    /// <summary>NLM_F_REQUEST, NLM_F_DUMP: a question for all there are.</summary>
    public const int AskAll = 0x1 | 0x300;

    private const int ErrorType = 2; // NLMSG_ERROR
    private const int DoneType = 3; // NLMSG_DONE
    private const int Interrupted = 0x10; // NLM_F_DUMP_INTR
    private const int HasWords = 0x200; // NLM_F_ACK_TLVS
    private const int WordsAttribute = 1; // NLMSGERR_ATTR_MSG
    private const int ShortAnswers = 10; // NETLINK_CAP_ACK
    private const int AnswersWithWords = 11; // NETLINK_EXT_ACK
    private const int StrictQuestions = 12; // NETLINK_GET_STRICT_CHK
    private const int AnswerSizeMax = 64 * 1024; // Twice what the kernel puts into one answer at most.
    private const string Remedy = "Look at the kernel's log (dmesg | tail); it is tried again.";

    private readonly SafeFileHandle socket;
    private readonly byte[] received = ArrayPool<byte>.Shared.Rent(AnswerSizeMax);
    private uint number;

    /// <summary>In the namespace of the calling thread.</summary>
    public NetlinkSocket(int protocol)
    {
        socket = NetworkCalls.OpenNetlink(protocol);
        var error = socket.IsInvalid ? Errno.Last
            : NetworkCalls.SwitchOn(socket, ShortAnswers) ?? NetworkCalls.SwitchOn(socket, AnswersWithWords);
        if (error is not null)
        {
            socket.Dispose();
            throw error.Value.Unavailable(
                "The kernel's network cannot be spoken to", "The daemon must run as root, on Linux 4.12 or later.");
        }

        if (protocol == Routing)
        {
            // Before Linux 4.20 there is no such thing, and questions about one link are answered with all there are.
            NetworkCalls.SwitchOn(socket, StrictQuestions);
        }
    }

    /// <summary>Has all changes carried out, in order; one that is refused does not keep the next from being tried.</summary>
    /// <exception cref="FaultException"><c>Unavailable</c>: one was refused; the first of them is told.</exception>
    public void Execute(NetlinkRequest request)
    {
        if (request.IsEmpty)
        {
            return;
        }

        var first = Send(request);
        FaultException? refused = null;
        for (var open = request.Parts.Count; open > 0;)
        {
            foreach (var (header, message) in Receive())
            {
                if (message.Type == ErrorType && header.Number - first < request.Parts.Count)
                {
                    open--;
                    refused ??= ToFault(header, message, request.Parts[(int)(header.Number - first)]);
                }
            }
        }

        if (refused is not null)
        {
            throw refused;
        }
    }

    /// <summary>The answers to a question; null when it is about something that is not there.</summary>
    /// <exception cref="FaultException"><c>Unavailable</c>: it was refused.</exception>
    public IReadOnlyList<NetlinkMessage>? Query(NetlinkRequest request, bool all)
    {
        while (true)
        {
            var first = Send(request);
            var answers = new List<NetlinkMessage>();
            var changed = false; // While the kernel listed them: some may be missing.
            for (var open = true; open;)
            {
                foreach (var (header, message) in Receive().Where(answer => answer.Header.Number == first))
                {
                    changed |= (header.Flags & Interrupted) != 0;
                    if (message.Type == ErrorType && ToFault(header, message, request.Parts[0]) is { } refused)
                    {
                        return -message.NumberAt(0) == Errno.NoEntry.Number || -message.NumberAt(0) == Errno.NoDevice.Number
                            ? null
                            : throw refused;
                    }

                    open &= message.Type != DoneType && all;
                    if (message.Type > DoneType)
                    {
                        answers.Add(message);
                    }
                }
            }

            if (!changed)
            {
                return answers;
            }
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        ArrayPool<byte>.Shared.Return(received);
    }

    private static FaultException? ToFault(Header header, NetlinkMessage message, NetlinkRequest.Part part)
    {
        var error = new Errno(-message.NumberAt(0));
        if (error.Number == 0 || error == part.Accepted)
        {
            return null;
        }

        var words = (header.Flags & HasWords) == 0 ? null : message.Find(sizeof(int) + NetlinkRequest.HeaderSize, WordsAttribute);
        return error.Unavailable(words is null ? part.What : $"{part.What}: {NetlinkMessage.ToText(words.Value)}", Remedy);
    }

    private unsafe uint Send(NetlinkRequest request)
    {
        var first = number + 1;
        number += (uint)request.Parts.Count;
        var bytes = request.Number(first);
        fixed (byte* start = bytes)
        {
            while (NetworkCalls.Send(socket, start, (nuint)bytes.Length, 0) < 0)
            {
                if (Errno.Last is var error && error != Errno.Interrupted)
                {
                    throw error.Unavailable(request.Parts[0].What, Remedy);
                }
            }
        }

        return first;
    }

    /// <summary>What the kernel says next: one or several messages.</summary>
    private unsafe List<(Header Header, NetlinkMessage Message)> Receive()
    {
        nint size;
        fixed (byte* start = received)
        {
            while ((size = NetworkCalls.Receive(socket, start, (nuint)received.Length, 0)) < 0)
            {
                if (Errno.Last is var error && error != Errno.Interrupted)
                {
                    throw error.Unavailable("The kernel's answer about the network was lost", Remedy);
                }
            }
        }

        var messages = new List<(Header, NetlinkMessage)>();
        var bytes = (ReadOnlyMemory<byte>)received.AsSpan(0, (int)size).ToArray();
        while (bytes.Length >= NetlinkRequest.HeaderSize)
        {
            var header = MemoryMarshal.Read<Header>(bytes.Span);
            messages.Add((header, new NetlinkMessage(header.Type, bytes[NetlinkRequest.HeaderSize..header.Size])));
            bytes = bytes[Math.Min((header.Size + 3) / 4 * 4, bytes.Length)..];
        }

        return messages;
    }

    /// <summary>struct nlmsghdr (linux/netlink.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Header
    {
        public readonly int Size;
        public readonly ushort Type;
        public readonly ushort Flags;
        public readonly uint Number;
        private readonly uint port;
    }
}
