using System.Buffers.Text;
using System.Text;

namespace Provision.Images.Tar;

/// <summary>What an extended header says of the entry after it (POSIX.1-2017, pax, extended header). Only what we use.</summary>
internal sealed class PaxRecords
{
    private static readonly string[] Used = ["path", "linkpath", "size", "uid", "gid", "mtime"];
    private const string SparsePrefix = "GNU.sparse.";

    private readonly Dictionary<string, byte[]> records = new(StringComparer.Ordinal);

    /// <summary>The entry is a file with holes, in one of three forms that GNU made up.</summary>
    public bool IsSparse { get; private set; }

    /// <summary>The bytes of a record; null when it is not there.</summary>
    public byte[]? this[string key] => records.GetValueOrDefault(key);

    /// <summary>Reads <c>LENGTH KEY=VALUE\n</c> until the end; null when it is something else.</summary>
    public static PaxRecords? Read(ReadOnlySpan<byte> bytes)
    {
        var result = new PaxRecords();
        while (!bytes.IsEmpty)
        {
            if (!Utf8Parser.TryParse(bytes, out int length, out var digits)
                || digits > 9 || length <= digits + 1 || length > bytes.Length || bytes[digits] != ' ' || bytes[length - 1] != '\n')
            {
                return null;
            }

            var record = bytes[(digits + 1)..(length - 1)];
            var mark = record.IndexOf((byte)'=');
            if (mark < 1)
            {
                return null;
            }

            result.Add(record[..mark], record[(mark + 1)..]);
            bytes = bytes[length..];
        }

        return result;
    }

    /// <summary>A whole number; a fraction, which moments have, is cut off. False: it is there and is none.</summary>
    public bool TryNumber(string key, ref long value)
    {
        if (this[key] is not { } bytes)
        {
            return true;
        }

        var text = bytes.AsSpan();
        var point = text.IndexOf((byte)'.');
        return Utf8Parser.TryParse(point < 0 ? text : text[..point], out value, out var read) && read == (point < 0 ? text.Length : point);
    }

    private void Add(ReadOnlySpan<byte> keyBytes, ReadOnlySpan<byte> value)
    {
        var key = Encoding.UTF8.GetString(keyBytes);
        IsSparse |= key.StartsWith(SparsePrefix, StringComparison.Ordinal);
        // An empty value takes back what was said before.
        if (value.IsEmpty)
        {
            records.Remove(key);
        }
        else if (Used.Contains(key, StringComparer.Ordinal))
        {
            records[key] = value.ToArray();
        }
    }
}
