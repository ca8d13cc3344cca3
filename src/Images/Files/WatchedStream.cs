namespace Provision.Images.Files;

/// <summary>Says how much was read, and ends when the reader gave up.</summary>
internal sealed class WatchedStream(Stream inner, Action<int> progress, CancellationToken ct) : ReadingStream
{
    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        ct.ThrowIfCancellationRequested();
        var read = inner.Read(buffer);
        progress(read);
        return read;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
