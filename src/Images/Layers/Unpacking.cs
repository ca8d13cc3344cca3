using Provision.Images.Archives;
using Provision.Images.Files;
using Provision.Images.Tar;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Images.Layers;

/// <summary>
/// Puts layers into a tree. Each is read twice: first to know that it is what its digests say and that every entry is allowed, and to
/// take away what it hides of the layers below, for whiteouts mean only those, wherever in the layer they stand; then to add its files.
/// </summary>
internal sealed class Unpacking(IFolder folder, IFileTree tree, UnpackLimits limits, CancellationToken ct)
{
    // Two of them: the second reading is bounded too, for the file may have changed.
    private readonly Budget checking = new(limits);
    private readonly Budget adding = new(limits);
    private readonly HashSet<Digest> checkedBlobs = [];

    /// <summary>Puts the layers of an image into the tree.</summary>
    public void Run(StoredImage image)
    {
        if (image.Layers.Count > limits.LayersMax)
        {
            throw Budget.Exceeded($"The image has {image.Layers.Count} layers; at most {limits.LayersMax} are unpacked");
        }

        foreach (var (index, layer) in image.Layers.Index())
        {
            var place = $"Layer {index + 1}";
            CheckBlob(layer, place);
            Read(layer, place, checking, (entry, _) => Hide(entry));
            Read(layer, place, adding, Add);
        }
    }

    private void CheckBlob(StoredLayer layer, string place)
    {
        if (layer.Blob is not { } expected)
        {
            return;
        }

        // A layer can be there many times; one look at it is enough.
        if (!checkedBlobs.Add(expected))
        {
            return;
        }

        using var blob = new DigestStream(new WatchedStream(Open(layer, place), _ => { }, ct));
        Match(blob.Finish(), expected, $"{place}: the blob");
    }

    private void Read(StoredLayer layer, string place, Budget budget, Action<LayerEntry, Stream> each)
    {
        var counted = new WatchedStream(new LayerContent(Open(layer, place), place), count => budget.TakeBytes(count, place), ct);
        using var content = new DigestStream(counted);
        var (reader, rules) = (new TarReader(content, place), new EntryRules(place));
        while (reader.Next() is { } read)
        {
            var entry = rules.Read(read);
            budget.Take(entry, place);
            try
            {
                each(entry, reader.Content);
            }
            catch (FaultException e) when (!e.Fault.What.StartsWith(place, StringComparison.Ordinal))
            {
                throw new FaultException(
                    new Fault(e.Fault.Code, $"{place}: {Printable.Of(read.Name)} cannot be unpacked", e.Fault.Remedy, e.Fault), e);
            }
        }

        Match(content.Finish(), layer.Content, $"{place}: the content");
    }

    private FileSlice Open(StoredLayer layer, string place) =>
        folder.Open(layer.Path) ?? throw Documents.Invalid($"{place} is not there: the image lacks {Printable.Of(layer.Path)}");

    private static void Match(Digest found, Digest expected, string what)
    {
        if (found != expected)
        {
            throw Documents.Invalid($"{what} is not what the image says: it hashes to {found}, not to {expected}");
        }
    }

    private void Hide(LayerEntry entry)
    {
        if (entry.Kind == LayerEntryKind.Whiteout)
        {
            tree.Remove(entry.Path);
        }
        else if (entry.Kind == LayerEntryKind.OpaqueWhiteout)
        {
            foreach (var name in tree.List(entry.Path))
            {
                tree.Remove(entry.Path.Length == 0 ? name : $"{entry.Path}/{name}");
            }
        }
    }

    private void Add(LayerEntry entry, Stream content)
    {
        switch (entry.Kind)
        {
            case LayerEntryKind.Folder:
                tree.AddFolder(entry.Path, entry.Attributes);
                break;
            case LayerEntryKind.File:
                tree.AddFile(entry.Path, content, entry.Size, entry.Attributes);
                break;
            case LayerEntryKind.SymbolicLink:
                tree.AddSymbolicLink(entry.Path, entry.Target, entry.Attributes);
                break;
            case LayerEntryKind.HardLink:
                tree.AddHardLink(entry.Path, entry.Target);
                break;
        }
    }
}
