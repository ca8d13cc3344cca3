using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Provision.Grid;
using SimpleBase;

namespace Provision.EndToEnd;

/// <summary>Bytes that must not be found, in every form in which a program could have written them.</summary>
internal sealed class Needle
{
    private const int SeekData = 3;
    private const int BlockSize = 1 << 20;
    private readonly IReadOnlyList<byte[]> forms;

    /// <summary>Text as it is, in hexadecimal, in base64 and base58; and as UTF-16.</summary>
    public Needle(string text)
        : this(Encoding.UTF8.GetBytes(text)) => forms = [.. forms, Encoding.Unicode.GetBytes(text)];

    /// <summary>Bytes as they are, in hexadecimal, in base64 and base58.</summary>
    public Needle(byte[] bytes)
    {
        // Base64 in each of its three alignments, without the characters that depend on neighbours.
        var whole = (bytes.Length - 2) / 3 * 3;
        forms =
        [
            bytes,
            Encoding.ASCII.GetBytes(Convert.ToHexString(bytes)),
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)),
            Encoding.ASCII.GetBytes(Base58.Bitcoin.Encode(bytes)),
            .. Enumerable.Range(0, 3).Select(skip => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes.AsSpan(skip, whole)))),
        ];
    }

    /// <summary>True when it is somewhere in this.</summary>
    public bool IsIn(ReadOnlySpan<byte> bytes)
    {
        foreach (var form in forms)
        {
            if (bytes.IndexOf(form) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when it is somewhere in this.</summary>
    public bool IsIn(string text) => IsIn(Encoding.UTF8.GetBytes(text));

    /// <summary>Where below a folder it is in a file. What goes while we look is not one.</summary>
    public IReadOnlyList<string> FilesBelow(string folder) => [.. FilesOf(folder).Where(IsInFile)];

    /// <summary>Which processes it is in, command line and environment, of those that are asked for.</summary>
    public IReadOnlyList<string> ProcessesWhere(Func<LiveProcess, bool> asked) =>
    [
        .. LiveProcess.List().Where(asked).Where(process => IsIn(process.CommandLine) || IsIn(process.Environment))
            .Select(process => process.ToString()),
    ];

    /// <summary>The files below a folder that hold something. Locks are empty, and their holders let nobody open them.</summary>
    public static IReadOnlyList<string> FilesOf(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => file is { Length: > 0, LinkTarget: null })
            .Select(file => file.FullName),
    ];

    /// <summary>True when it is in this file. Holes, of which the file of a pool mostly consists, are passed over.</summary>
    public bool IsInFile(string path)
    {
        using var file = Open(path);
        var overlap = forms.Max(form => form.Length) - 1;
        var buffer = new byte[BlockSize + overlap];
        for (var at = 0L; file is not null && Seek(file, at, SeekData) is var start and >= 0; at = start + BlockSize)
        {
            if (IsIn(buffer.AsSpan(0, RandomAccess.Read(file, buffer, start))))
            {
                return true;
            }
        }

        return false;
    }

    private static SafeFileHandle? Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "lseek64", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern long Seek(SafeFileHandle file, long offset, int from);
}
