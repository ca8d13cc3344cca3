using Microsoft.Win32.SafeHandles;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Images.Files;

/// <summary>A part of an open file, or all of it, as a stream of its own: several can be read at once.</summary>
internal sealed class FileSlice(SafeFileHandle file, string path, long offset, long length, bool ownsFile) : ReadingStream
{
    private long position;

    /// <summary>The whole file, which is closed with the stream.</summary>
    public FileSlice(SafeFileHandle file, string path, long length)
        : this(file, path, 0, length, ownsFile: true)
    {
    }

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => position;
        set => position = value;
    }

    /// <summary>A part of this one, which lives as long as this one. What is asked for beyond the end is not there.</summary>
    public FileSlice Slice(long start, long size)
    {
        Invariant.Require(start >= 0 && size >= 0 && start <= length - size, "a part of a file lies in the file");
        return new FileSlice(file, path, offset + start, size, ownsFile: false);
    }

    /// <inheritdoc/>
    /// <exception cref="FaultException"><c>Unavailable</c>: the disk does not give it.</exception>
    public override int Read(Span<byte> buffer)
    {
        var size = (int)Math.Min(buffer.Length, Math.Max(0, length - position));
        if (size == 0)
        {
            return 0;
        }

        try
        {
            var read = RandomAccess.Read(file, buffer[..size], offset + position);
            position += read;
            return read;
        }
        catch (IOException e)
        {
            throw new FaultException(
                new Fault(FaultCode.Unavailable, $"{Plain.Of(path)} cannot be read: {e.Message}", "Check the disk."), e);
        }
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => length + offset,
    };

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && ownsFile)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
