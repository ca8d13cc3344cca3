using Provision.Images.Files;
using Provision.Images.Tar;
using Provision.Reservations.Faults;

namespace Provision.Images.Archives;

/// <summary>The files of a tar. Its headers are read once; what is in the files is read where it lies.</summary>
internal sealed class TarFolder : IFolder
{
    private const int EntriesMax = 20_000;
    private const int LinksMax = 8;
    private const int NameSizeMax = 512;

    private readonly FileSlice file;
    private readonly Dictionary<string, (long Offset, long Size)> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> links = new(StringComparer.Ordinal);

    /// <summary>Reads the headers.</summary>
    /// <exception cref="FaultException"><c>Invalid</c>: it is no tar.</exception>
    public TarFolder(FileSlice file)
    {
        this.file = file;
        var reader = new TarReader(file, "The archive");
        for (var count = 0; reader.Next() is { } entry; count++)
        {
            if (count == EntriesMax || entry.Name.Length > NameSizeMax || entry.Link.Length > NameSizeMax)
            {
                throw new FaultException(
                    FaultCode.Invalid,
                    $"The archive has more than {EntriesMax} entries, or names longer than {NameSizeMax}",
                    "Give an archive with images, not with their files.");
            }

            Add(entry, reader.Position);
        }
    }

    /// <inheritdoc/>
    public FileSlice? Open(string path)
    {
        var name = Normal(path);
        for (var count = 0; count < LinksMax && links.TryGetValue(name, out var target); count++)
        {
            name = target;
        }

        return files.TryGetValue(name, out var place) ? file.Slice(place.Offset, place.Size) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    // The last of a name counts, as if the archive had been unpacked.
    private void Add(TarEntry entry, long offset)
    {
        var name = Normal(entry.Name);
        files.Remove(name);
        links.Remove(name);
        if (TarKind.IsFile(entry.Kind))
        {
            files[name] = (offset, entry.Size);
        }
        else if (entry.Kind == TarKind.SymbolicLink)
        {
            // Archives of docker have links in place of layers that they hold already.
            links[name] = Normal(name.LastIndexOf('/') is >= 0 and var end ? $"{name[..end]}/{entry.Link}" : entry.Link);
        }
        else if (entry.Kind == TarKind.HardLink)
        {
            links[name] = Normal(entry.Link);
        }
    }

    // What leads out of the archive ends at its top, where nothing of the host is.
    private static string Normal(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
