using Provision.Machine.Images;
using Provision.Reservations;

namespace Provision.Images.Archives;

/// <summary>An image of an archive, whose manifest and config were read.</summary>
/// <param name="Config">How it is run.</param>
/// <param name="Platform">What it runs on; null when it does not say.</param>
/// <param name="Layers">Its layers, the lowest first.</param>
internal sealed record StoredImage(ImageConfig Config, string? Platform, IReadOnlyList<StoredLayer> Layers);

/// <summary>A layer of an archive, of which nothing was read yet.</summary>
/// <param name="Path">The file in the archive.</param>
/// <param name="Blob">What that file must hash to; null when only the content is known.</param>
/// <param name="Content">What it must hash to uncompressed.</param>
internal sealed record StoredLayer(string Path, Digest? Blob, Digest Content);
