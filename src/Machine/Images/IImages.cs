using Provision.Reservations;

namespace Provision.Machine.Images;

/// <summary>
/// Unpacked images, one for each pool and digest, shared by all roots that begin as copies of them. An image is held by orders: while
/// anybody holds it, it stays. Whoever wrote an image is a stranger: it is checked against its digest and its files cannot leave it.
/// </summary>
public interface IImages
{
    /// <summary>
    /// Makes the image ready in the pool, fetching and unpacking it when it is not there, and has it held by <paramref name="holder"/>.
    /// A killed daemon leaves nothing half unpacked that a later call would take for whole. <c>NotFound</c>: no such pool, or the place
    /// has no image of this digest. <c>Invalid</c>: the location is none of its scheme, or what was found is no image, is not what the
    /// digest says, or is hostile; trying again is of no use. <c>Denied</c>: this node does not fetch from there, or knows no such
    /// scheme. <c>OutOfCapacity</c>: it is larger than the room for images that nobody holds. <c>Unavailable</c>: it could not be
    /// fetched or written now. After a fault the holders are as they were.
    /// </summary>
    ValueTask<Image> EnsureAsync(string pool, ImageReference reference, Digest holder, CancellationToken ct);

    /// <summary>The order does not need the image any more. Not held by it, or no such image: nothing to do.</summary>
    ValueTask ReleaseAsync(ImageName name, Digest holder, CancellationToken ct);

    /// <summary>
    /// All images that are ready or held, by pool and digest. One that is held and not ready yet has an empty config, and the size that
    /// it has so far.
    /// </summary>
    ValueTask<IReadOnlyList<Image>> ListAsync(CancellationToken ct);

    /// <summary>Removes every image that nobody has held for this long.</summary>
    ValueTask CollectAsync(TimeSpan unusedFor, CancellationToken ct);
}
