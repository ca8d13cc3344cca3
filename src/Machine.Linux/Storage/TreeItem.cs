using System.Runtime.InteropServices;

namespace Provision.Machine.Linux.Storage;

/// <summary>An item of a btrfs tree: its key, and the first words of what it holds; zero when it is shorter than that.</summary>
internal readonly record struct TreeItem(ulong ObjectId, uint Type, ulong Offset, ItemWords Words);

/// <summary>Four words as they lie on the disk (little-endian, as all processors that we run on).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ItemWords(ulong First, ulong Second, ulong Third, ulong Fourth);
