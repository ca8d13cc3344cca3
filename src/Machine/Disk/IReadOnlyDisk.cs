namespace Provision.Machine.Disk;

/// <summary>
/// One flat folder of files, to be read and not changed. An expected failure (broken) is a
/// <see cref="Reservations.Faults.FaultException"/> with code <c>Unavailable</c>; a missing file is <c>NotFound</c>.
/// </summary>
public interface IReadOnlyDisk
{
    /// <summary>The names of all files, in ordinal order.</summary>
    ValueTask<IReadOnlyList<string>> ListAsync(CancellationToken ct);

    /// <summary>The whole content of a file.</summary>
    ValueTask<byte[]> ReadAsync(string file, CancellationToken ct);
}
