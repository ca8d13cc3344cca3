using Provision.Images.Files;
using Provision.Reservations.Faults;

namespace Provision.Images.Layers;

/// <summary>Counts what an image takes, all its layers together, and refuses more as soon as it is passed.</summary>
internal sealed class Budget(UnpackLimits limits)
{
    // Headers, padding and attributes of an entry, generously; what is more than this is no image but a bomb.
    private const long OverheadMax = 4096;
    private const long OverheadMin = 1 << 20;

    private readonly Int128 bytesMax = (Int128)limits.ContentMax.Bytes + OverheadMin + ((Int128)limits.EntriesMax * OverheadMax);
    private long bytes;
    private long content;
    private int entries;

    /// <summary>So many more bytes of layers, uncompressed.</summary>
    /// <exception cref="FaultException"><c>Invalid</c>: too many.</exception>
    public void TakeBytes(int count, string place)
    {
        bytes += count;
        if (bytes > bytesMax)
        {
            throw Exceeded($"{place}: the layers have more than {bytesMax} bytes uncompressed");
        }
    }

    /// <summary>One more entry.</summary>
    /// <exception cref="FaultException"><c>Invalid</c>: too many of them, or too much in them.</exception>
    public void Take(LayerEntry entry, string place)
    {
        if (++entries > limits.EntriesMax)
        {
            throw Exceeded($"{place}: with {Printable.Of(entry.Path)} the image has more than {limits.EntriesMax} entries");
        }

        if (entry.Size > limits.ContentMax.Bytes - content)
        {
            throw Exceeded($"{place}: with {Printable.Of(entry.Path)} the image has more than {limits.ContentMax} of files");
        }

        content += entry.Size;
    }

    /// <summary>The fault of an image that is too large.</summary>
    public static FaultException Exceeded(string what) => new(FaultCode.Invalid, what, "Make the image smaller.");
}
