using Provision.Reservations.Faults;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>
/// A file of the folder in which Zero-OS v0.2.1 keeps what it provides (provision/local_store.go): one reservation, versioned.
/// </summary>
public static class StoreFile
{
    /// <summary>Reads a file. One without a version is read as one of the first.</summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.Invalid"/>: what Zero-OS says of such a file, which keeps it from starting.
    /// </exception>
    public static ZeroOsReservation Read(ReadOnlyMemory<byte> file)
    {
        var versioned = VersionedFile.Read(file) ?? new VersionedFile(VersionedFile.First, file);
        return versioned.Version.IsAtMost(1, 0, 0)
            ? ZeroOsReservation.Read(versioned.Payload)
            : throw new FaultException(Fault.Invalid(
                "The file is of a later version",
                [new Problem("", $"unknown reservation object version ({versioned.Version})", "read it with the version that wrote it")]));
    }
}
