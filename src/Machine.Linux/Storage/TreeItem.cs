namespace Provision.Machine.Linux.Storage;

/// <summary>
/// An item of a btrfs tree: its key, and the first two words of what it holds (little-endian, as all processors that we run on).
/// </summary>
internal readonly record struct TreeItem(ulong ObjectId, uint Type, ulong Offset, ulong First, ulong Second);
