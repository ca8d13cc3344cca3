using Provision.Machine.Disk;
using Provision.Machine.Simulated.Time;
using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Machine.Linux.Tests.Crashes;

/// <summary>Tells the pump while a call is out at the kernel, so that virtual time stands still until it is back.</summary>
internal sealed class Outside(Pump pump)
{
    public async ValueTask<T> Call<T>(Func<ValueTask<T>> call)
    {
        pump.Leave();
        try
        {
            return await call();
        }
        finally
        {
            pump.Return();
        }
    }

    public async ValueTask Call(Func<ValueTask> call) => await Call(async () =>
    {
        await call();
        return true;
    });
}

/// <summary>A real disk, called from a pump.</summary>
internal sealed class OutsideDisk(IDisk inner, Outside outside) : IDisk
{
    public ValueTask<IReadOnlyList<string>> ListAsync(CancellationToken ct) => outside.Call(() => inner.ListAsync(ct));

    public ValueTask<byte[]> ReadAsync(string file, CancellationToken ct) => outside.Call(() => inner.ReadAsync(file, ct));

    public ValueTask AppendAsync(string file, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
        outside.Call(() => inner.AppendAsync(file, bytes, ct));

    public ValueTask FlushAsync(string file, CancellationToken ct) => outside.Call(() => inner.FlushAsync(file, ct));

    public ValueTask TruncateAsync(string file, long length, CancellationToken ct) =>
        outside.Call(() => inner.TruncateAsync(file, length, ct));

    public ValueTask RenameAsync(string from, string to, CancellationToken ct) => outside.Call(() => inner.RenameAsync(from, to, ct));

    public ValueTask<ByteSize> FreeAsync(CancellationToken ct) => outside.Call(() => inner.FreeAsync(ct));
}

/// <summary>Real storage, called from a pump.</summary>
internal sealed class OutsideStorage(IStorage inner, Outside outside) : IStorage
{
    public ValueTask<IReadOnlyList<Pool>> ListPoolsAsync(CancellationToken ct) => outside.Call(() => inner.ListPoolsAsync(ct));

    public ValueTask<IReadOnlyList<Volume>> ListVolumesAsync(CancellationToken ct) => outside.Call(() => inner.ListVolumesAsync(ct));

    public ValueTask EnsureVolumeAsync(VolumeName name, ByteSize limit, CancellationToken ct) =>
        outside.Call(() => inner.EnsureVolumeAsync(name, limit, ct));

    public ValueTask EnsureRootAsync(VolumeName name, Digest image, ByteSize limit, CancellationToken ct) =>
        outside.Call(() => inner.EnsureRootAsync(name, image, limit, ct));

    public ValueTask RemoveVolumeAsync(VolumeName name, CancellationToken ct) => outside.Call(() => inner.RemoveVolumeAsync(name, ct));
}
