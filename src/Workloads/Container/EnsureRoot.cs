using Provision.Machine;
using Provision.Reservations;

namespace Provision.Workloads.Container;

/// <summary>A root that began as the image, with this limit in bytes on what is written into it.</summary>
public sealed record EnsureRoot(string Pool, string Owner, string Image, long Limit) : RootStep(Pool, Owner, Image)
{
    /// <inheritdoc/>
    public override ValueTask DoAsync(IMachine machine, CancellationToken ct) =>
        machine.Storage.EnsureRootAsync(Root, Reference.Digest, new ByteSize(Limit), ct);

    /// <inheritdoc/>
    public override ValueTask UndoAsync(IMachine machine, CancellationToken ct) => machine.Storage.RemoveVolumeAsync(Root, ct);
}
