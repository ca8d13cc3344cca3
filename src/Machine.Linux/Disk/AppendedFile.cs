using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Disk;

/// <summary>
/// A file that is open for appending. After a failed fdatasync(2) the kernel forgets which bytes did not reach the disk, and the next
/// call reports success; so the bytes since the last good flush are kept here and written once more before it is tried again.
/// </summary>
internal sealed class AppendedFile : IDisposable
{
    private readonly SafeFileHandle handle;
    private readonly ArrayBufferWriter<byte> unflushed = new();
    private long flushed;
    private bool torn;
    private bool doubtful;

    public AppendedFile(string path)
    {
        handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        flushed = RandomAccess.GetLength(handle);
    }

    public long Length => flushed + unflushed.WrittenCount;

    /// <summary>True when a flush has made the name durable, through this instance.</summary>
    public bool Named { get; set; }

    /// <summary>True when closing it would forget nothing that matters.</summary>
    public bool Clean => unflushed.WrittenCount == 0 && !torn;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Mend();
        torn = true;
        RandomAccess.Write(handle, bytes, Length);
        unflushed.Write(bytes);
        torn = false;
    }

    public void Flush()
    {
        Mend();
        if (doubtful)
        {
            RandomAccess.Write(handle, unflushed.WrittenSpan, flushed);
        }

        doubtful = true;
        while (Libc.DataSync(handle) != 0)
        {
            if (Errno.Last != Errno.Interrupted)
            {
                throw new IOException($"fdatasync: {Errno.Last}");
            }
        }

        doubtful = false;
        flushed = Length;
        unflushed.ResetWrittenCount();
    }

    public void Cut(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Flush();
        RandomAccess.SetLength(handle, length);
        flushed = length;
        Flush();
    }

    public byte[] Read()
    {
        var bytes = new byte[Length];
        for (var at = 0; at < bytes.Length;)
        {
            var count = RandomAccess.Read(handle, bytes.AsSpan(at), at);
            at += count > 0 ? count : throw new IOException($"{bytes.Length - at} bytes are missing at the end");
        }

        return bytes;
    }

    public void Dispose() => handle.Dispose();

    /// <summary>Takes away what an append that failed half way left.</summary>
    private void Mend()
    {
        if (torn)
        {
            RandomAccess.SetLength(handle, Length);
            torn = false;
        }
    }
}
