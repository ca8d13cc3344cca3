using Provision.Reservations;

namespace Provision.Machine.Disk;

/// <summary>
/// One flat folder of files that only grow, with the promises of fdatasync(2) and rename(2) and no others: what was not flushed may be
/// lost or torn by a power failure, whole or in part. Names hold no <c>/</c>. An expected failure (full, broken) is a
/// <see cref="Reservations.Faults.FaultException"/> with code <c>Unavailable</c>; a missing file is <c>NotFound</c>.
/// </summary>
public interface IDisk : IReadOnlyDisk
{
    /// <summary>Adds bytes to the end of a file, making it when it is not there. Not durable.</summary>
    ValueTask AppendAsync(string file, ReadOnlyMemory<byte> bytes, CancellationToken ct);

    /// <summary>Returns when everything appended to the file, and its name, would survive a power failure.</summary>
    ValueTask FlushAsync(string file, CancellationToken ct);

    /// <summary>Cuts a file to this length, durably.</summary>
    ValueTask TruncateAsync(string file, long length, CancellationToken ct);

    /// <summary>Gives a file another name, durably, replacing what had that name.</summary>
    ValueTask RenameAsync(string from, string to, CancellationToken ct);

    /// <summary>Bytes that can still be written.</summary>
    ValueTask<ByteSize> FreeAsync(CancellationToken ct);
}
