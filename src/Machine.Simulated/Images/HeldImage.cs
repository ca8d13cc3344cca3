using Provision.Reservations;

namespace Provision.Machine.Simulated.Images;

/// <summary>An unpacked image, and who needs it.</summary>
internal sealed class HeldImage(SimulatedImage image)
{
    public SimulatedImage Image => image;

    public HashSet<Digest> Holders { get; init; } = [];

    /// <summary>Since when nobody needs it; of no meaning while somebody does.</summary>
    public DateTimeOffset UnusedSince { get; set; }

    public IReadOnlyList<Digest> ListHolders() => [.. Holders.OrderBy(holder => holder.ToString(), StringComparer.Ordinal)];
}
