using Provision.Machine.Disk;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Disk;

/// <summary>A folder in memory that knows which bytes were flushed.</summary>
public sealed class SimulatedDisk : IDisk
{
    private readonly SortedDictionary<string, SimulatedFile> files = new(StringComparer.Ordinal);

    /// <summary>What all files together can hold; an append beyond it fails and leaves the file as it was.</summary>
    public ByteSize Capacity { get; set; } = new(1L << 40);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ListAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return [.. files.Keys];
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]> ReadAsync(string file, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Find(file).ToArray();
    }

    /// <inheritdoc/>
    public async ValueTask AppendAsync(string file, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        CheckName(file);
        if (Free < bytes.Length)
        {
            throw new FaultException(
                FaultCode.Unavailable, $"The disk is full: {file} cannot grow", "Free some space on the disk of the journal.");
        }

        Open(file).Append(bytes.Span);
    }

    /// <inheritdoc/>
    public async ValueTask FlushAsync(string file, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Find(file).Flush();
    }

    /// <inheritdoc/>
    public async ValueTask TruncateAsync(string file, long length, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var found = Find(file);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, found.Length);
        found.Cut((int)length);
        found.Flush();
    }

    /// <inheritdoc/>
    public async ValueTask RenameAsync(string from, string to, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        CheckName(to);
        var found = Find(from);
        files.Remove(from);
        files[to] = found;
        found.Named = true;
    }

    /// <inheritdoc/>
    public async ValueTask<ByteSize> FreeAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return new ByteSize(Math.Max(0, Free));
    }

    /// <summary>For tests that corrupt: the file durably holds these bytes now, whatever it held before.</summary>
    public void Overwrite(string file, ReadOnlySpan<byte> bytes)
    {
        CheckName(file);
        var found = Open(file);
        found.Cut(0);
        found.Append(bytes);
        found.Flush();
    }

    /// <summary>For tests that lose things: the file is gone. No such file: nothing to do.</summary>
    public void Delete(string file) => files.Remove(file);

    /// <summary>What of a file a power failure would leave for certain, from this byte on.</summary>
    public byte[] ReadDurable(string file, int from = 0) => Find(file) is { Named: true } found ? found.ToArray(from, found.Flushed) : [];

    /// <summary>
    /// What a flush that fails may do: of the bytes that were not flushed only a random number is kept, from the front, and not durably.
    /// </summary>
    public void LoseUnflushed(string file, Random random)
    {
        var found = Find(file);
        found.Cut(random.Next(found.Flushed, found.Length + 1));
    }

    /// <summary>The names of all files.</summary>
    public IReadOnlyCollection<string> Files => files.Keys;

    /// <summary>Of the bytes that were not flushed a random number survives, from the front; a file never flushed may be gone.</summary>
    internal void PowerFailure(Random random)
    {
        foreach (var (name, file) in files.ToArray())
        {
            if (!file.Named && random.Next(2) == 0)
            {
                files.Remove(name);
                continue;
            }

            file.Cut(random.Next(file.Flushed, file.Length + 1));
            file.Flush();
        }
    }

    private long Free => Capacity.Bytes - files.Values.Sum(file => (long)file.Length);

    private SimulatedFile Open(string file)
    {
        if (!files.TryGetValue(file, out var found))
        {
            files[file] = found = new SimulatedFile();
        }

        return found;
    }

    private SimulatedFile Find(string file)
    {
        CheckName(file);
        return files.TryGetValue(file, out var found)
            ? found
            : throw new FaultException(FaultCode.NotFound, $"There is no file {file}");
    }

    private static void CheckName(string file)
    {
        if (file is "" or "." or ".." || file.Contains('/'))
        {
            throw new ArgumentException($"\"{file}\" is not the name of a file.", nameof(file));
        }
    }
}
