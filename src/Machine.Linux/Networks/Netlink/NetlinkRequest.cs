using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>
/// Messages for the kernel (netlink(7)), which it carries out one after the other; each says what it is for, in case it is refused.
/// </summary>
internal sealed class NetlinkRequest : IDisposable
{
    /// <summary>Length of the header of a message.</summary>
    public const int HeaderSize = 16;

    private const int FirstRoom = 1024;
    private const int Alignment = 4;
    private const ushort Nested = 0x8000; // NLA_F_NESTED

    private readonly List<Part> parts = [];
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstRoom);
    private int size;

    /// <summary>The messages, in order.</summary>
    public IReadOnlyList<Part> Parts => parts;

    /// <summary>True when there is nothing to do.</summary>
    public bool IsEmpty => parts.Count == 0;

    /// <summary>Begins a message; what is added until the next call is part of it.</summary>
    /// <param name="type">What the kernel shall do.</param>
    /// <param name="flags">NLM_F_ of linux/netlink.h.</param>
    /// <param name="what">What fails when it is refused.</param>
    /// <param name="accepted">A refusal that is as good as success.</param>
    public void Begin(int type, int flags, string what, Errno? accepted = null)
    {
        Finish();
        parts.Add(new Part(size, what, accepted));
        var header = Take(HeaderSize);
        MemoryMarshal.Write(header[4..], (ushort)type);
        MemoryMarshal.Write(header[6..], (ushort)flags);
    }

    /// <summary>Adds bytes as they are: what a type of message begins with.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Adds an attribute.</summary>
    public void Add(int attribute, ReadOnlySpan<byte> value)
    {
        var place = Take(Alignment + value.Length);
        MemoryMarshal.Write(place, (ushort)(Alignment + value.Length));
        MemoryMarshal.Write(place[2..], (ushort)attribute);
        value.CopyTo(place[Alignment..]);
    }

    /// <summary>Adds a number of 32 bits in the processor's order.</summary>
    public void Add(int attribute, int value) => Add(attribute, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));

    /// <summary>Adds a text, with the zero that ends it.</summary>
    public void Add(int attribute, string text) => Add(attribute, Encoding.ASCII.GetBytes(text + '\0'));

    /// <summary>Begins an attribute of attributes; returns what <see cref="EndNest"/> ends.</summary>
    public int BeginNest(int attribute)
    {
        var start = size;
        Add(attribute | Nested, []);
        return start;
    }

    /// <summary>Ends what <see cref="BeginNest"/> began.</summary>
    public void EndNest(int start) => MemoryMarshal.Write(buffer.AsSpan(start), (ushort)(size - start));

    /// <summary>All messages as they are sent, numbered from this number on.</summary>
    public ReadOnlySpan<byte> Number(uint first)
    {
        Finish();
        for (var i = 0; i < parts.Count; i++)
        {
            MemoryMarshal.Write(buffer.AsSpan(parts[i].Start + 8), first + (uint)i);
        }

        return buffer.AsSpan(0, size);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    private void Finish()
    {
        if (parts is [.., var last])
        {
            MemoryMarshal.Write(buffer.AsSpan(last.Start), size - last.Start);
        }
    }

    /// <summary>Zeros for so many bytes, the next of which is aligned.</summary>
    private Span<byte> Take(int count)
    {
        var aligned = (count + Alignment - 1) / Alignment * Alignment;
        if (size + aligned > buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(2 * buffer.Length, size + aligned));
            buffer.AsSpan(0, size).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        var taken = buffer.AsSpan(size, aligned);
        taken.Clear();
        size += aligned;
        return taken[..count];
    }

    /// <summary>One message.</summary>
    /// <param name="Start">Where it starts.</param>
    /// <param name="What">What fails when it is refused.</param>
    /// <param name="Accepted">A refusal that is as good as success.</param>
    internal readonly record struct Part(int Start, string What, Errno? Accepted);
}
