using Provision.Images;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Images.Sources;

/// <summary>An archive that lies on this machine, whose paths are nothing that a tenant has to know.</summary>
internal static class ArchiveFile
{
    /// <summary>Opens it; faults say <paramref name="name"/> in place of the path.</summary>
    public static async ValueTask<ImageArchive> OpenAsync(string path, string name)
    {
        try
        {
            return await Blocking.RunAsync($"{name} cannot be read", "Look at the disk of this node.", () => ImageArchive.Open(path));
        }
        catch (FaultException e)
        {
            throw new FaultException(
                new Fault(e.Fault.Code, $"{name} cannot be read as an archive of images", e.Fault.Remedy ?? "Make it anew.", e.Fault.Cause), e);
        }
    }
}
