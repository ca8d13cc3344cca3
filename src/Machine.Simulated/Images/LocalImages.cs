using System.Buffers;
using Provision.Machine.Images;
using Provision.Reservations.Faults;

namespace Provision.Machine.Simulated.Images;

/// <summary>Images that were put where the scheme <c>local</c> finds them by name.</summary>
public sealed class LocalImages
{
    /// <summary>The scheme of images that are on the machine already.</summary>
    public const string Scheme = "local";

    private const int NameSizeMax = 200;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    private readonly Dictionary<string, (ImageReference Reference, SimulatedImage Image)> images = new(StringComparer.Ordinal);
    private readonly HashSet<string> damaged = new(StringComparer.Ordinal);

    /// <summary>Puts the image there, in place of what had its name.</summary>
    public void Add(ImageReference reference, SimulatedImage image)
    {
        images[reference.Location] = (reference, image);
        damaged.Remove(reference.Location);
    }

    /// <summary>What has this name is not what its digest says any more.</summary>
    public void Damage(string name) => damaged.Add(name);

    /// <summary>Takes away what has this name.</summary>
    public void Remove(string name) => images.Remove(name);

    /// <summary>The image; null when there is none of this name and digest. <c>Invalid</c>: no name, or damaged.</summary>
    public SimulatedImage? Find(ImageReference reference)
    {
        CheckName(reference.Location);
        if (!images.TryGetValue(reference.Location, out var found) || found.Reference.Digest != reference.Digest)
        {
            return null;
        }

        return damaged.Contains(reference.Location)
            ? throw new FaultException(FaultCode.Invalid, $"{reference} is not what its digest says", "Put the image there again.")
            : found.Image;
    }

    /// <summary>A name is 1 to 200 letters, digits, dots, dashes and underscores, and begins with no dot.</summary>
    /// <exception cref="FaultException"><c>Invalid</c>: it is none.</exception>
    public static void CheckName(string name)
    {
        if (name.Length is 0 or > NameSizeMax || name[0] == '.' || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            throw new FaultException(
                FaultCode.Invalid, $"\"{name}\" is not the name of an image", "Give letters, digits, dots, dashes and underscores, no dot first.");
        }
    }
}
