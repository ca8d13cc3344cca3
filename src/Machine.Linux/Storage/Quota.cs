namespace Provision.Machine.Linux.Storage;

/// <summary>What a subvolume takes and may take, in bytes, its metadata included; a limit that is null is not set.</summary>
/// <param name="Referenced">All it holds, whoever else has a part in it.</param>
/// <param name="Exclusive">What nobody else has a part in: what would be free without it.</param>
/// <param name="ReferencedMax">The limit of the first.</param>
/// <param name="ExclusiveMax">The limit of the second.</param>
internal readonly record struct Quota(long Referenced, long Exclusive, long? ReferencedMax, long? ExclusiveMax);
