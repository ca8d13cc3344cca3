using Provision.Reservations;

namespace Provision.Machine.Linux.Storage;

/// <summary>
/// A file that holds a pool. All of its space is taken when it is made: a sparse one would fail in the middle of a tenant's write.
/// </summary>
/// <param name="Path">Full path; it is made when it is not there.</param>
/// <param name="Size">Its size when it is made; a file that is there keeps its own.</param>
public sealed record LoopFile(string Path, ByteSize Size);
