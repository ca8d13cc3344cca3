using Provision.Machine.Images;
using Provision.Machine.Simulated.Images;
using Provision.Machine.Simulated.Storage;

namespace Provision.Machine.Simulated.State;

/// <summary>An unpacked image.</summary>
internal sealed record ImageState(
    string Pool, string Digest, SimulatedImage Image, IReadOnlyList<string> Holders, DateTimeOffset UnusedSince)
{
    public static ImageState Of(ImageName name, HeldImage held) =>
        new(name.Pool, name.Digest.ToString(), held.Image, [.. held.ListHolders().Select(holder => holder.ToString())], held.UnusedSince);

    public void Restore(SimulatedStorage storage) =>
        storage.Images[new ImageName(Pool, DigestText.Parse(Digest))] =
            new HeldImage(Image) { Holders = [.. Holders.Select(DigestText.Parse)], UnusedSince = UnusedSince };
}
