namespace Provision.Images.Layers;

/// <summary>One entry of a layer, checked: its names lead nowhere else.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Path">Where it goes; of a whiteout, what it takes away, and of an opaque one, the folder that it empties.</param>
/// <param name="Target">What a link points at; of a hard link a path of the tree.</param>
/// <param name="Size">Bytes of content.</param>
/// <param name="Attributes">The rest.</param>
internal sealed record LayerEntry(LayerEntryKind Kind, string Path, string Target, long Size, FileAttributes Attributes);
