using System.Text;
using Provision.Machine.Conformance.Containers;
using Provision.Machine.Conformance.Images;
using Provision.Machine.Images;
using Provision.Machine.Simulated.Images;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Tests.Images;

/// <summary>The images of the suites as a simulated machine has them.</summary>
internal static class TestImages
{
    /// <summary>Puts it where <c>local</c> finds it; returns how it is ordered.</summary>
    public static ImageReference Put(SimulatedMachine machine, TestImage image)
    {
        var programs = image.Files.Where(file => file.Value.Executable).Select(file => file.Key);
        var applets = image.HasBusybox ? TestPrograms.Applets.Select(applet => $"bin/{applet}") : [];
        var reference = new ImageReference(LocalImages.Scheme, image.Name, Digest.Of(Encoding.UTF8.GetBytes(image.Name)));
        machine.Images.Local.Add(reference, new SimulatedImage
        {
            Config = image.Config,
            Files = image.Files.ToDictionary(file => file.Key, file => file.Value.Content.LongLength),
            Links = image.Links,
            Programs = [.. programs, .. applets],
            Users = image.Users,
        });
        return reference;
    }

    /// <summary>Has it unpacked in the pool; nobody lets it go.</summary>
    public static async ValueTask<Digest> UnpackAsync(SimulatedMachine machine, TestImage image)
    {
        var reference = Put(machine, image);
        await machine.Images.EnsureAsync(Machines.PoolName, reference, Digest.Of("suite"u8), CancellationToken.None);
        return reference.Digest;
    }
}
