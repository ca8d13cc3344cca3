using Provision.Machine.Disk;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Faults;

internal sealed class ObservedDisk(IDisk inner, Observation observation) : IDisk
{
    public ValueTask<IReadOnlyList<string>> ListAsync(CancellationToken ct) =>
        observation.Look("list", "", () => inner.ListAsync(ct));

    public ValueTask<byte[]> ReadAsync(string file, CancellationToken ct) =>
        observation.Look("read", file, () => inner.ReadAsync(file, ct));

    public ValueTask AppendAsync(string file, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
        observation.Effect("append", file, () => inner.AppendAsync(file, bytes, ct));

    public ValueTask FlushAsync(string file, CancellationToken ct) =>
        observation.Effect("flush", file, () => inner.FlushAsync(file, ct));

    public ValueTask TruncateAsync(string file, long length, CancellationToken ct) =>
        observation.Effect("truncate", file, () => inner.TruncateAsync(file, length, ct));

    public ValueTask RenameAsync(string from, string to, CancellationToken ct) =>
        observation.Effect("rename", from, () => inner.RenameAsync(from, to, ct));

    public ValueTask<ByteSize> FreeAsync(CancellationToken ct) =>
        observation.Look("free", "", () => inner.FreeAsync(ct));
}
