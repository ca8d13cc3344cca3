using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Provision.Images;
using Provision.Machine.Images;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Images;

/// <summary>
/// The images of one pool. <c>images/DIGEST</c> is a whole one, a subvolume that nobody can write; <c>images/DIGEST.json</c> its config,
/// beside it and out of reach of what it holds; <c>images/DIGEST.new</c> one that is being unpacked, with a limit of what is left of the
/// share of images; <c>holders/DIGEST/ORDER</c> says who needs it. The whole one is a snapshot of the new one: making it writes out what
/// was unpacked, and a power failure leaves it there with all it holds, or not at all.
/// </summary>
internal sealed class PoolImages(BtrfsPool pool, TimeProvider time)
{
    private const string New = ".new";
    private const string Config = ".json";
    private const int RootMode = 0x1ed; // 0755

    /// <summary>What an empty subvolume takes, and some files.</summary>
    private static ByteSize LeftMin => new(1 << 20);

    // Whether anybody holds an image, and its removal because nobody does, are one.
    private readonly Lock gate = new();

    /// <summary>The pool's name.</summary>
    public string Pool => pool.Name;

    /// <summary>Takes away what a killed daemon left half unpacked.</summary>
    public void Sweep()
    {
        foreach (var (name, _) in pool.Images.List().Where(image => image.Name.EndsWith(New, StringComparison.Ordinal)))
        {
            pool.Images.Remove(name);
        }

        foreach (var config in Directory.EnumerateFiles(pool.Images.Path, "*" + Config))
        {
            if (!Directory.Exists(Path.ChangeExtension(config, null)))
            {
                File.Delete(config);
            }
        }
    }

    /// <summary>
    /// Durable when it returns, before anything is fetched: whoever undoes this finds it. False: it was held by this one before.
    /// </summary>
    public bool TryHold(Digest image, Digest holder)
    {
        lock (gate)
        {
            var mark = Path.Combine(HoldersOf(image), holder.ToString());
            var isNew = !File.Exists(mark);
            Directory.CreateDirectory(HoldersOf(image));
            File.WriteAllBytes(mark, []);
            Folders.Flush(HoldersOf(image));
            Folders.Flush(pool.Holders);
            return isNew;
        }
    }

    /// <summary>Durable when it returns.</summary>
    public void Release(Digest image, Digest holder)
    {
        lock (gate)
        {
            var folder = HoldersOf(image);
            using var images = pool.Images.Open();
            if (Directory.Exists(folder))
            {
                // Its time of change is when the last holder went.
                File.Delete(Path.Combine(folder, holder.ToString()));
                Folders.Flush(folder);
                if (!Directory.EnumerateFiles(folder).Any() && pool.Images.Find(images, image.ToString()) is null)
                {
                    Directory.Delete(folder);
                }
            }

            Folders.Flush(pool.Holders);
        }
    }

    /// <summary>The image, when it is whole.</summary>
    public Image? Find(Digest image)
    {
        lock (gate)
        {
            using var images = pool.Images.Open();
            return Find(images, image);
        }
    }

    /// <summary>All that are whole or held.</summary>
    public IReadOnlyList<Image> List()
    {
        lock (gate)
        {
            var quotas = pool.Images.List().ToDictionary(entry => entry.Name, entry => entry.Quota);
            return
            [
                .. from digest in Digests()
                   let whole = quotas.ContainsKey(digest.ToString())
                   let config = whole ? ReadConfig(digest) : null
                   let holders = HoldersOfImage(digest)
                   where config is not null || holders.Count > 0
                   let quota = quotas.GetValueOrDefault(config is null ? digest + New : digest.ToString())
                   select new Image(new ImageName(pool.Name, digest), config ?? new ImageConfig(), new ByteSize(quota.Referenced), holders),
            ];
        }
    }

    /// <summary>Removes what nobody has held for this long.</summary>
    public void Collect(TimeSpan unusedFor)
    {
        lock (gate)
        {
            foreach (var image in Unused().Where(image => time.GetUtcNow() - UnusedSince(image) >= unusedFor))
            {
                Remove(image);
            }
        }
    }

    /// <summary>
    /// Unpacks an image that is not whole. <c>OutOfCapacity</c>: it does not fit into what held images leave of the share, after all others
    /// were removed. For one caller at a time.
    /// </summary>
    public Image Unpack(Digest image, ImageArchive archive, UnpackLimits limits, CancellationToken ct)
    {
        var config = archive.ReadConfig(image);
        while (!TryUnpack(image, config, archive, limits, ct))
        {
            if (!TryMakeRoom())
            {
                throw new FaultException(
                    FaultCode.OutOfCapacity,
                    $"Image {image.Short} is larger than the {MeasureLeft()} that pool {pool.Name} has left for images",
                    $"Use a smaller image, or a node with more room: all images of this pool together have {pool.MeasureImagesMax()}.");
            }
        }

        return Find(image) ?? throw Lost(image);
    }

    /// <summary>
    /// Removes what nobody holds, the longest unused first, until twice as much is left: how much the image needs is not known before it
    /// fits, and each try costs as much as all before it. False: nothing was left to remove.
    /// </summary>
    private bool TryMakeRoom()
    {
        lock (gate)
        {
            var unused = new Queue<Digest>(Unused());
            var enough = MeasureLeft().Bytes * 2;
            var removed = unused.Count > 0;
            while (MeasureLeft().Bytes <= enough && unused.TryDequeue(out var image))
            {
                Remove(image);
            }

            return removed;
        }
    }

    /// <summary>False: there was no room. Whatever it throws, nothing is left.</summary>
    private bool TryUnpack(Digest image, ImageConfig config, ImageArchive archive, UnpackLimits limits, CancellationToken ct)
    {
        var name = image + New;
        pool.Images.Remove(name);
        var left = MeasureLeft();
        if (left < LeftMin)
        {
            return false;
        }

        var whole = false;
        try
        {
            using var images = pool.Images.Open();
            pool.Images.Check(Btrfs.CreateSubvolume(images, name, left.Bytes), $"image {image.Short} cannot be made");
            using var root = Libc.OpenFolder(images, name);
            pool.Images.Check(Beneath.SetMode(root, ".", RootMode), $"image {image.Short} cannot be made");
            archive.Unpack(image, new SubvolumeTree(root, ct), limits, ct);
            WriteConfig(image, config);
            Finish(images, image);
            whole = true;
            return true;
        }
        catch (FaultException e) when (e.Fault.Code == FaultCode.OutOfCapacity)
        {
            return false;
        }
        finally
        {
            if (!whole)
            {
                pool.Images.Remove(name);
            }
        }
    }

    /// <summary>It may take as long as the disk is slow, and nobody waits for it but who ordered the image.</summary>
    private void Finish(SafeFileHandle images, Digest image)
    {
        var (from, to) = (image + New, image.ToString());

        // A copy has the limits of what it is a copy of, and roots will be copies of this.
        var id = pool.Images.Find(images, from) ?? throw Lost(image);
        pool.Images.Check(Btrfs.SetLimits(images, id, referenced: null, exclusive: null), $"image {image.Short} keeps its limit");
        pool.Images.Remove(to);
        pool.Images.TrySnapshot(from, images, to, readOnly: true);
        pool.Images.Remove(from);
    }

    private FaultException Lost(Digest image) => new(
        FaultCode.Unavailable, $"Image {image.Short} was taken away from pool {pool.Name} while it was unpacked", "It is unpacked again.");

    private Image? Find(SafeFileHandle images, Digest image) =>
        pool.Images.Find(images, image.ToString()) is { } id && ReadConfig(image) is { } config
            ? new Image(
                new ImageName(pool.Name, image), config, new ByteSize(pool.Images.ReadQuota(images, id).Referenced), HoldersOfImage(image))
            : null;

    /// <summary>In this order: half removed, it is not taken for whole, and nobody forgets that there is something to remove.</summary>
    private void Remove(Digest image)
    {
        pool.Images.Remove(image.ToString());
        File.Delete(ConfigOf(image));
        if (Directory.Exists(HoldersOf(image)))
        {
            Directory.Delete(HoldersOf(image));
        }
    }

    private ByteSize MeasureLeft() =>
        new(pool.MeasureImagesMax().Bytes - pool.Images.List().Sum(image => image.Quota.Referenced));

    private IEnumerable<Digest> Digests() =>
        Directory.EnumerateDirectories(pool.Images.Path).Concat(Directory.EnumerateDirectories(pool.Holders))
            .Select(entry => Digest.TryParse(Path.GetFileName(entry), out var digest) ? digest : default)
            .Where(digest => !digest.IsMissing)
            .Distinct()
            .OrderBy(digest => digest.ToString(), StringComparer.Ordinal);

    private List<Digest> Unused() => [.. Digests().Where(image => HoldersOfImage(image).Count == 0).OrderBy(UnusedSince)];

    private List<Digest> HoldersOfImage(Digest image) => Directory.Exists(HoldersOf(image))
        ?
        [
            .. Directory.EnumerateFiles(HoldersOf(image))
                .Select(entry => Digest.TryParse(Path.GetFileName(entry), out var digest) ? digest : default)
                .Where(digest => !digest.IsMissing)
                .OrderBy(digest => digest.ToString(), StringComparer.Ordinal),
        ]
        : [];

    private DateTimeOffset UnusedSince(Digest image) => new(Directory.GetLastWriteTimeUtc(HoldersOf(image)), TimeSpan.Zero);

    private void WriteConfig(Digest image, ImageConfig config)
    {
        File.Delete(ConfigOf(image));
        using var file = new FileStream(
            ConfigOf(image),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        JsonSerializer.Serialize(file, config, ImageConfigJson.Default.ImageConfig);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Null when it is lost, and then so is the image: it is unpacked again.</summary>
    private ImageConfig? ReadConfig(Digest image)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(ConfigOf(image)), ImageConfigJson.Default.ImageConfig);
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return null;
        }
    }

    private string ConfigOf(Digest image) => Path.Combine(pool.Images.Path, image + Config);

    private string HoldersOf(Digest image) => Path.Combine(pool.Holders, image.ToString());
}
