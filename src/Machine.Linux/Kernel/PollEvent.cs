using System.Runtime.InteropServices;

namespace Provision.Machine.Linux.Kernel;

/// <summary>struct epoll_event: 32 bits of events and 64 bits of ours, which x86-64 packs and others align (epoll_event(3type)).</summary>
internal static unsafe class PollEvent
{
    public const int SizeMax = 16;

    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int KeyOffset = Packed ? 4 : 8;
    private static readonly int Size = KeyOffset + sizeof(long);

    public static void Write(byte* entry, uint events, long key)
    {
        *(uint*)entry = events;
        *(long*)(entry + KeyOffset) = key;
    }

    public static long KeyAt(byte* entries, int index) => *(long*)(entries + (index * Size) + KeyOffset);
}
