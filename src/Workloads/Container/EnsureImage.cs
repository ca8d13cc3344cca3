using Provision.Machine;
using Provision.Machine.Images;

namespace Provision.Workloads.Container;

/// <summary>The image is there, unpacked, and held by this order.</summary>
public sealed record EnsureImage(string Pool, string Owner, string Image) : RootStep(Pool, Owner, Image)
{
    /// <inheritdoc/>
    public override async ValueTask DoAsync(IMachine machine, CancellationToken ct) =>
        await machine.Images.EnsureAsync(Pool, Reference, Order, ct);

    /// <inheritdoc/>
    public override ValueTask UndoAsync(IMachine machine, CancellationToken ct) =>
        machine.Images.ReleaseAsync(new ImageName(Pool, Reference.Digest), Order, ct);
}
