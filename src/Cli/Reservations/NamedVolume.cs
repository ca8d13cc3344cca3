using System.Text.Json.Nodes;
using Provision.Reservations;

namespace Provision.Cli.Reservations;

/// <summary>A place in an order's <c>data</c> that names a volume.</summary>
/// <param name="Parent">The object around it.</param>
/// <param name="Name">The member of that object.</param>
/// <param name="Label">The flag that wrote it, as it was given.</param>
/// <param name="Text">The digest or alias that the user gave.</param>
internal sealed record NamedVolume(JsonObject Parent, string Name, string Label, string Text)
{
    /// <summary>Names the volume by its digest: what is signed then means this one, whatever an explorer says later.</summary>
    public void Replace(Digest digest) => Parent[Name] = digest.ToString();
}
