using System.Text;
using Provision.Images.Tar;

namespace Provision.Images.Tests;

/// <summary>Tars whose every byte a test chooses.</summary>
internal static class TestLayer
{
    /// <summary>A whole tar.</summary>
    public static byte[] Of(params byte[][] entries) => [.. entries.SelectMany(bytes => bytes), .. new byte[1024]];

    public static byte[] File(string name, string content = "", int mode = 0x1a4, long uid = 0, long gid = 0) =>
        Entry(
            new TarEntry(name, TarKind.File, Encoding.UTF8.GetByteCount(content), "", mode, uid, gid, 0),
            Encoding.UTF8.GetBytes(content));

    public static byte[] Folder(string name, int mode = 0x1ed) => Entry(new TarEntry(name, TarKind.Folder, 0, "", mode, 0, 0, 0));

    public static byte[] Link(string name, string target) => Entry(new TarEntry(name, TarKind.SymbolicLink, 0, target, 0x1ff, 0, 0, 0));

    public static byte[] HardLink(string name, string target) => Entry(new TarEntry(name, TarKind.HardLink, 0, target, 0x1a4, 0, 0, 0));

    public static byte[] OfKind(char kind, string name) => Entry(new TarEntry(name, (byte)kind, 0, "", 0x1a4, 0, 0, 0));

    /// <summary>An extended header of pax: <c>key=value</c> each.</summary>
    public static byte[] Pax(params string[] records) => Extension(TarKind.Pax, [.. records.SelectMany(Record)]);

    /// <summary>An entry whose content says something of the one after it.</summary>
    public static byte[] Extension(byte kind, byte[] content) =>
        Entry(new TarEntry("extension", kind, content.Length, "", 0x1a4, 0, 0, 0), content);

    public static byte[] Entry(TarEntry entry, byte[]? content = null)
    {
        using var bytes = new MemoryStream();
        new TarWriter(bytes).Write(entry, content is null ? null : new MemoryStream(content));
        return bytes.ToArray();
    }

    /// <summary>The same entry with other bytes in its header, and a checksum that is right again.</summary>
    public static byte[] With(byte[] entry, Range field, ReadOnlySpan<byte> value)
    {
        var changed = entry.ToArray();
        changed.AsSpan(field).Clear();
        value.CopyTo(changed.AsSpan(field));
        changed.AsSpan(TarHeader.Checksum).Fill((byte)' ');
        var sum = changed.Take(TarHeader.BlockSize).Sum(part => part);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(7, '0')).CopyTo(changed.AsSpan(TarHeader.Checksum));
        return changed;
    }

    private static byte[] Record(string record)
    {
        var rest = Encoding.UTF8.GetBytes($" {record}\n");
        var length = Enumerable.Range(rest.Length, 9).First(sum => $"{sum}".Length + rest.Length == sum);
        return [.. Encoding.ASCII.GetBytes($"{length}"), .. rest];
    }
}
