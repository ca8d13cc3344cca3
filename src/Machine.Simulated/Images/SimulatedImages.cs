using Provision.Machine.Images;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Images;

/// <summary>To be written.</summary>
public sealed class SimulatedImages : IImages
{
    /// <inheritdoc/>
    public ValueTask<Image> EnsureAsync(string pool, ImageReference reference, Digest holder, CancellationToken ct) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(ImageName name, Digest holder, CancellationToken ct) => throw new NotImplementedException();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Image>> ListAsync(CancellationToken ct) => [];

    /// <inheritdoc/>
    public async ValueTask CollectAsync(TimeSpan unusedFor, CancellationToken ct)
    {
    }
}
