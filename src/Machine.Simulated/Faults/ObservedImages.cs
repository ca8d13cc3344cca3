using Provision.Machine.Images;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Faults;

internal sealed class ObservedImages(IImages inner, Observation observation) : IImages
{
    public ValueTask<Image> EnsureAsync(string pool, ImageReference reference, Digest holder, CancellationToken ct) =>
        observation.Effect("ensure", $"{pool}/{reference.Digest}", () => inner.EnsureAsync(pool, reference, holder, ct));

    public ValueTask ReleaseAsync(ImageName name, Digest holder, CancellationToken ct) =>
        observation.Effect("release", name.ToString(), () => inner.ReleaseAsync(name, holder, ct));

    public ValueTask<IReadOnlyList<Image>> ListAsync(CancellationToken ct) =>
        observation.Look("list", "", () => inner.ListAsync(ct));

    public ValueTask CollectAsync(TimeSpan unusedFor, CancellationToken ct) =>
        observation.Effect("collect", "", () => inner.CollectAsync(unusedFor, ct));
}
