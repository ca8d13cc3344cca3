using System.Text.Json.Serialization;
using Provision.Machine;
using Provision.Machine.Images;

namespace Provision.Workloads.Container;

/// <summary>The image is there, unpacked, and held by this order.</summary>
public sealed record EnsureImage(string Pool, string Owner, string Image) : RootStep(Pool, Owner, Image)
{
    // A download may take half an hour, what is unpacked before it and itself ten minutes each.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(50);

    /// <inheritdoc/>
    [JsonIgnore]
    public override TimeSpan? Deadline => Longest;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsSlow => Reference.Scheme != ImageReference.Local;

    /// <inheritdoc/>
    public override async ValueTask DoAsync(IMachine machine, CancellationToken ct) =>
        await machine.Images.EnsureAsync(Pool, Reference, Order, ct);

    /// <inheritdoc/>
    public override ValueTask UndoAsync(IMachine machine, CancellationToken ct) =>
        machine.Images.ReleaseAsync(new ImageName(Pool, Reference.Digest), Order, ct);
}
