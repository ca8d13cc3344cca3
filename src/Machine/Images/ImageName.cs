using Provision.Reservations;

namespace Provision.Machine.Images;

/// <summary>An unpacked image: the pool it lies in, and its digest.</summary>
public readonly record struct ImageName(string Pool, Digest Digest)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Pool}/{Digest}";
}
