using System.Security.Cryptography;
using Provision.Reservations;

namespace Provision.Images.Files;

/// <summary>Hashes and counts what is read through it, and ends when the reader gave up.</summary>
internal sealed class DigestStream(Stream inner, CancellationToken ct) : ReadingStream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>How much was read.</summary>
    public long Count { get; private set; }

    /// <summary>The most that may be read, and what happens at more.</summary>
    public (long Size, Action Exceeded)? Limit { get; init; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        ct.ThrowIfCancellationRequested();
        var read = inner.Read(buffer);
        hash.AppendData(buffer[..read]);
        Count += read;
        if (Limit is { } limit && Count > limit.Size)
        {
            limit.Exceeded();
        }

        return read;
    }

    /// <summary>Reads what is left, and says the digest of the whole.</summary>
    public Digest Finish()
    {
        var buffer = new byte[1 << 16];
        while (Read(buffer) > 0)
        {
        }

        return Digests.Of(hash);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hash.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
