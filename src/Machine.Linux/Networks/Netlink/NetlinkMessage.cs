using System.Runtime.InteropServices;
using System.Text;

namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>What the kernel answers.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Body">All after the header of the message.</param>
internal readonly record struct NetlinkMessage(int Type, ReadOnlyMemory<byte> Body)
{
    private const int AttributeHeader = 4;
    private const int TypeMask = 0x3fff; // NLA_TYPE_MASK

    /// <summary>A number of 32 bits of what this type of message begins with.</summary>
    public int NumberAt(int offset) => MemoryMarshal.Read<int>(Body.Span[offset..]);

    /// <summary>The attribute of this kind, after so many bytes that this type of message begins with; null: none.</summary>
    public ReadOnlyMemory<byte>? Find(int headerSize, int attribute) => Find(Body[headerSize..], attribute);

    /// <summary>The same in an attribute of attributes.</summary>
    public static ReadOnlyMemory<byte>? Find(ReadOnlyMemory<byte> attributes, int attribute)
    {
        while (attributes.Length >= AttributeHeader)
        {
            int size = MemoryMarshal.Read<ushort>(attributes.Span);
            if ((MemoryMarshal.Read<ushort>(attributes.Span[2..]) & TypeMask) == attribute)
            {
                return attributes[AttributeHeader..size];
            }

            attributes = attributes[Math.Min((size + 3) / 4 * 4, attributes.Length)..];
        }

        return null;
    }

    /// <summary>The text in an attribute, without the zero that ends it.</summary>
    public static string ToText(ReadOnlyMemory<byte> value) => Encoding.ASCII.GetString(value.Span.TrimEnd((byte)0));

    /// <summary>The number in an attribute; 0 when there is none.</summary>
    public static int ToNumber(ReadOnlyMemory<byte>? value) => value is null ? 0 : MemoryMarshal.Read<int>(value.Value.Span);
}
