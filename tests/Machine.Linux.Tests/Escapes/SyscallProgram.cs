using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Provision.Machine.Linux.Tests.Escapes;

/// <summary>
/// A program that makes system calls one after another and writes what each returned to its standard output, as a number of eight bytes.
/// It is an ELF file (elf(5)) for x86-64 that needs no library and no compiler.
/// </summary>
internal sealed class SyscallProgram
{
    private const int Page = 4096;
    private const ulong CodeAt = 0x400000;
    private const ulong DataAt = 0x10000000;
    private const ulong RoomAt = 0x20000000;

    // mov REGISTER, 64 bits; in the order of a system call's arguments: rdi, rsi, rdx, r10, r8, r9.
    private static readonly byte[][] Constant = [[0x48, 0xbf], [0x48, 0xbe], [0x48, 0xba], [0x49, 0xba], [0x49, 0xb8], [0x49, 0xb9]];

    // mov REGISTER, [rax], the same ones; and their halves of 32 bits.
    private static readonly byte[][] Word =
        [[0x48, 0x8b, 0x38], [0x48, 0x8b, 0x30], [0x48, 0x8b, 0x10], [0x4c, 0x8b, 0x10], [0x4c, 0x8b, 0], [0x4c, 0x8b, 8]];
    private static readonly byte[][] Half =
        [[0x8b, 0x38], [0x8b, 0x30], [0x8b, 0x10], [0x44, 0x8b, 0x10], [0x44, 0x8b, 0], [0x44, 0x8b, 8]];

    // rbx, rcx, rdx, rsi, rdi: the arguments of a call of the old convention.
    private static readonly byte[][] OldConstant = [[0x48, 0xbb], [0x48, 0xb9], [0x48, 0xba], [0x48, 0xbe], [0x48, 0xbf]];

    private readonly List<byte> code = [];
    private readonly List<byte> data = [];
    private readonly List<int> ends = [];
    private ulong room;
    private bool repeats;
    private bool silent;

    /// <summary>True where such a program runs.</summary>
    public static bool CanRun => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>What the program wrote.</summary>
    public static IReadOnlyList<long> Read(ReadOnlySpan<byte> output) =>
        MemoryMarshal.Cast<byte, long>(output[..(output.Length / 8 * 8)]).ToArray();

    /// <summary>The address of a text, with a zero behind it.</summary>
    public Argument Text(string text) => Bytes(Encoding.UTF8.GetBytes(text + '\0'));

    /// <summary>The address of bytes that the program may overwrite.</summary>
    public Argument Bytes(ReadOnlySpan<byte> bytes)
    {
        var at = DataAt + (ulong)data.Count;
        data.AddRange(bytes);
        data.AddRange(new byte[(8 - (data.Count % 8)) % 8]);
        return new Argument(at);
    }

    /// <summary>The address of zeros that take no space in the file.</summary>
    public Argument Room(int size)
    {
        var at = RoomAt + room;
        room += ((ulong)size + 7) / 8 * 8;
        return new Argument(at);
    }

    /// <summary>Makes a system call; returns what it will have returned, for the arguments of later ones.</summary>
    public Argument Call(long number, params ReadOnlySpan<Argument> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            Load(i, arguments[i]);
        }

        Emit([0x48, 0xb8], (ulong)number); // mov rax
        code.AddRange([0x0f, 0x05]); // syscall
        return Keep();
    }

    /// <summary>Makes a system call as programs of 32 bits do: with their numbers, by an interrupt.</summary>
    public void CallOld(int number, params ReadOnlySpan<Argument> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            Emit(OldConstant[i], arguments[i].Value);
        }

        Emit([0x48, 0xb8], (ulong)number);
        code.AddRange([0xcd, 0x80, 0x48, 0x63, 0xc0]); // int 0x80; movsxd rax, eax
        Keep();
    }

    /// <summary>
    /// Makes the calls again and again until one fails. Writes two numbers: how often all of them went well, and what the last returned.
    /// </summary>
    public void Repeat(int times, Action body)
    {
        var (count, last, start) = (Room(8), Room(8), code.Count);
        (repeats, silent) = (true, true);
        body();
        (repeats, silent) = (false, false);
        Emit([0x48, 0xb8], count.Value);
        code.AddRange([0x48, 0xff, 0x00, 0x48, 0x81, 0x38]); // inc qword [rax]; cmp qword [rax], 32 bits
        code.AddRange(BitConverter.GetBytes(times));
        code.AddRange([0x0f, 0x82]); // jb
        code.AddRange(BitConverter.GetBytes(start - code.Count - 4));
        code.AddRange([0x31, 0xc0]); // xor eax, eax
        foreach (var end in ends)
        {
            BinaryPrimitives.WriteInt32LittleEndian(CollectionsMarshal.AsSpan(code)[end..], code.Count - end - 4);
        }

        ends.Clear();
        Emit([0x48, 0xa3], last.Value); // mov [last], rax
        Say(count);
        Say(last);
    }

    /// <summary>A call within <see cref="Repeat"/> whose failure does not end it.</summary>
    public void TryCall(long number, params ReadOnlySpan<Argument> arguments)
    {
        var before = repeats;
        repeats = false;
        Call(number, arguments);
        repeats = before;
    }

    /// <summary>Adds to eight bytes at an address.</summary>
    public void Add(Argument address, int number)
    {
        Emit([0x48, 0xb8], address.Value);
        code.AddRange([0x48, 0x81, 0x00]); // add qword [rax], 32 bits
        code.AddRange(BitConverter.GetBytes(number));
    }

    /// <summary>The file.</summary>
    public byte[] ToFile()
    {
        const int exit = 231; // exit_group
        Load(0, 0);
        Emit([0x48, 0xb8], exit);
        code.AddRange([0x0f, 0x05]);
        var dataStart = Page + ((code.Count + Page - 1) / Page * Page);
        var file = new byte[dataStart + data.Count];
        ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]).CopyTo(file);
        Span<ushort> kind = [2, 62]; // an executable, x86-64
        MemoryMarshal.AsBytes(kind).CopyTo(file.AsSpan(16));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(24), CodeAt);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(32), 64);
        Span<ushort> sizes = [64, 56, 3];
        MemoryMarshal.AsBytes(sizes).CopyTo(file.AsSpan(52));
        WriteSegment(file.AsSpan(64), 5, Page, CodeAt, (ulong)code.Count, (ulong)code.Count);
        WriteSegment(file.AsSpan(120), 6, (ulong)dataStart, DataAt, (ulong)data.Count, (ulong)data.Count + 1);
        WriteSegment(file.AsSpan(176), 6, 0, RoomAt, 0, room + 1);
        code.CopyTo(file, Page);
        data.CopyTo(file, dataStart);
        return file;
    }

    private static void WriteSegment(Span<byte> header, uint rights, ulong start, ulong address, ulong size, ulong room)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, 1); // PT_LOAD
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], rights);
        Span<ulong> words = [start, address, address, size, room, Page];
        MemoryMarshal.AsBytes(words).CopyTo(header[8..]);
    }

    private void Load(int register, Argument argument)
    {
        if (argument.Kind == ArgumentKind.Constant)
        {
            Emit(Constant[register], argument.Value);
            return;
        }

        Emit([0x48, 0xb8], argument.Value);
        code.AddRange((argument.Kind == ArgumentKind.Word ? Word : Half)[register]);
    }

    /// <summary>Keeps what a call returned, and says it.</summary>
    private Argument Keep()
    {
        var result = Room(8);
        Emit([0x48, 0xa3], result.Value); // mov [result], rax
        if (repeats)
        {
            code.AddRange([0x48, 0x85, 0xc0, 0x0f, 0x88, 0, 0, 0, 0]); // test rax, rax; js
            ends.Add(code.Count - 4);
        }

        if (!silent)
        {
            Say(result);
        }

        return result.Content;
    }

    private void Say(Argument cell)
    {
        Load(0, 1);
        Load(1, cell);
        Load(2, 8);
        Emit([0x48, 0xb8], 1); // write
        code.AddRange([0x0f, 0x05]);
    }

    private void Emit(ReadOnlySpan<byte> operation, ulong value)
    {
        code.AddRange(operation);
        code.AddRange(BitConverter.GetBytes(value));
    }
}

/// <summary>Where an argument of a system call comes from.</summary>
internal enum ArgumentKind
{
    /// <summary>It is the value.</summary>
    Constant,

    /// <summary>Eight bytes at this address.</summary>
    Word,

    /// <summary>Four bytes at this address.</summary>
    Half,
}

/// <summary>An argument of a system call.</summary>
internal readonly record struct Argument(ulong Value, ArgumentKind Kind = ArgumentKind.Constant)
{
    /// <summary>What is at this address when the call is made: eight bytes.</summary>
    public Argument Content => new(Value, ArgumentKind.Word);

    /// <summary>An address further on.</summary>
    public Argument After(int bytes) => new(Value + (ulong)bytes, Kind);

    /// <summary>The int at this address when the call is made.</summary>
    public Argument Number => new(Value, ArgumentKind.Half);

    public static implicit operator Argument(long value) => new((ulong)value);
}
