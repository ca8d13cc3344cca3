using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Faults;

internal sealed class ObservedStorage(IStorage inner, Observation observation) : IStorage
{
    public ValueTask<IReadOnlyList<Pool>> ListPoolsAsync(CancellationToken ct) =>
        observation.Look("list-pools", "", () => inner.ListPoolsAsync(ct));

    public ValueTask<IReadOnlyList<Volume>> ListVolumesAsync(CancellationToken ct) =>
        observation.Look("list-volumes", "", () => inner.ListVolumesAsync(ct));

    public ValueTask EnsureVolumeAsync(VolumeName name, ByteSize limit, CancellationToken ct) =>
        observation.Effect("ensure", name.ToString(), () => inner.EnsureVolumeAsync(name, limit, ct));

    public ValueTask EnsureRootAsync(VolumeName name, Digest image, ByteSize limit, CancellationToken ct) =>
        observation.Effect("ensure-root", name.ToString(), () => inner.EnsureRootAsync(name, image, limit, ct));

    public ValueTask RemoveVolumeAsync(VolumeName name, CancellationToken ct) =>
        observation.Effect("remove", name.ToString(), () => inner.RemoveVolumeAsync(name, ct));
}
