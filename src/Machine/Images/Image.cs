using Provision.Reservations;

namespace Provision.Machine.Images;

/// <summary>An image as the machine has it: unpacked, whole, checked against its digest.</summary>
/// <param name="Name">Pool and digest.</param>
/// <param name="Config">What it says about running it.</param>
/// <param name="Size">What it takes of its pool, once, however many roots began as copies of it.</param>
/// <param name="Holders">The orders that need it, by digest; with none it is a cache, and goes when nobody asks for it.</param>
public sealed record Image(ImageName Name, ImageConfig Config, ByteSize Size, IReadOnlyList<Digest> Holders);
