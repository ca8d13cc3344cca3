using Provision.Reservations.Faults;
using Provision.Reservations.Files;
using Provision.Reservations.Wire.ZeroOs;

namespace Provision.Reservations.Signing;

/// <summary>
/// The file that holds an identity: the seven bytes <c>"1.0.0"</c>, quotes included, then the 32 bytes of the seed (spec 01 §2.5).
/// Mode 0400; written beside its place and renamed, so that a crash leaves a whole file or none.
/// </summary>
public static class SeedFile
{
    private const UnixFileMode OwnerReads = UnixFileMode.UserRead;

    /// <summary>The identity in this file.</summary>
    /// <exception cref="FaultException">The file is missing, not a seed file, or readable by others.</exception>
    public static KeyPair Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new FaultException(FaultCode.NotFound, $"No identity at {path}", "Make one with 'provision identity create'.");
        }

        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(path) & others) != 0)
        {
            throw new FaultException(FaultCode.Denied, $"The identity at {path} can be read by other users", $"Run: chmod 0400 {path}");
        }

        return Decode(File.ReadAllBytes(path), path);
    }

    /// <summary>Writes a new identity.</summary>
    /// <exception cref="FaultException">
    /// <see cref="FaultCode.Conflict"/>: a file is already there; an identity is never overwritten. <see cref="FaultCode.Unavailable"/>:
    /// the disk does not take it.
    /// </exception>
    public static void Save(string path, KeyPair pair)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        try
        {
            WholeFile.Write(path, new VersionedFile(VersionedFile.First, pair.Seed.ToArray()).ToBytes(), OwnerReads, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new FaultException(
                FaultCode.Conflict,
                $"An identity already exists at {path}",
                "Choose another path, or use the one that is there.");
        }
        catch (IOException e)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Unavailable,
                    $"An identity cannot be written to {path}: {e.Message}",
                    "Free some space, or choose another path."),
                e);
        }
    }

    private static KeyPair Decode(byte[] content, string path)
    {
        var file = VersionedFile.Read(content);
        var seed = file is null ? content : file.Payload.Span;
        return (file?.Version ?? VersionedFile.First) == VersionedFile.First && seed.Length == KeyPair.SeedSize
            ? KeyPair.FromSeed(seed)
            : throw new FaultException(
                FaultCode.DataLoss,
                $"{path} is not a seed file: {content.Length} bytes where \"{VersionedFile.First}\" and {KeyPair.SeedSize} bytes belong",
                "Restore it from a backup; an identity cannot be computed anew.");
    }
}
