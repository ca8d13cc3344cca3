using Provision.Reservations;

namespace Provision.Machine.Storage;

/// <summary>Where a volume is and whose: a pool, and the digest of the reservation that owns it.</summary>
public readonly record struct VolumeName(string Pool, Digest Owner)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Pool}/{Owner}";
}
