using Provision.Reservations;

namespace Provision.Images.Archives;

/// <summary>A form in which files are images.</summary>
internal interface IImageFormat
{
    /// <summary>The digests of the images.</summary>
    IReadOnlyList<Digest> List();

    /// <summary>The image of that digest. <c>NotFound</c>, <c>Invalid</c>.</summary>
    StoredImage Read(Digest image);
}
