using System.Text;
using Provision.Images.Archives;
using Provision.Images.Files;
using Provision.Images.Layers;
using Provision.Images.Tar;
using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Tests.Fuzz;
using Xunit;
using static Provision.Images.Tests.TestLayer;
using Decoder = Provision.Reservations.Tests.Fuzz.Decoder;

namespace Provision.Images.Tests;

/// <summary>
/// Every document of an image and every part of a tar, given bytes that came to harm. Digests and checksums are made right again, so
/// that the harm comes through to where it is understood: whoever makes an image names it as he likes.
/// </summary>
public sealed class ImageFuzzTests : IDisposable
{
    private const long Sample = 4_000;
    private const long Many = 200_000;

    // Eleven octal digits: the writer cuts a later moment off.
    private const long TimeMax = (1L << 33) - 1;

    private const string IndexType = "application/vnd.oci.image.index.v1+json";

    private static readonly UnpackLimits Limits = new() { ContentMax = new ByteSize(1 << 20), EntriesMax = 100 };

    private static readonly byte[] Small = Of(File("a", "x"));

    private static readonly byte[] Layer = Of(
        Folder("a"),
        File("a/b", "content of a file"),
        Pax("uid=5", "mtime=1.5", "size=1", "path=a/c"),
        File("z", "x"),
        Link("c", "a/b"),
        HardLink("d", "a/b"),
        Extension((byte)'L', "gnu\0"u8.ToArray()),
        File("e"),
        File("a/.wh.b"));

    private static readonly byte[] Config = Bytes(TestImage.Config(
        """{"Entrypoint":["/a","b"],"Cmd":["c"],"Env":["A=b","C="],"WorkingDir":"/a","User":"1:2"}""", Small));

    private readonly TemporaryFolder folder = new();
    private readonly IReadOnlyList<Decoder> decoders;
    private int unpacked;

    public ImageFuzzTests()
    {
        var oci = TestImage.Oci(bytes => bytes, Small);
        var manifest = oci.Files[OciLayout.PathOf(oci.Digest)];
        byte[] records = [.. Pax("uid=5", "mtime=1.5", "size=1", "path=a/c")[TarHeader.BlockSize..].TakeWhile(one => one != 0)];
        decoders =
        [
            new("config", [Config], document => Read(OfManifest(TestImage.Oci(bytes => bytes, Small), document))),
            new("manifest", [manifest], document => Read(Chosen(TestImage.Oci(bytes => bytes, Small), document))),
            new("index", [Bytes(IndexOf(oci.Digest))], document => Read(Chosen(TestImage.Oci(bytes => bytes, Small), document))),
            new("index.json", [oci.Files["index.json"]],
                document => Read(With(TestImage.Oci(bytes => bytes, Small), "index.json", document))),
            new("manifest.json", [TestImage.Docker(Small).Files["manifest.json"]],
                document => Read(With(TestImage.Docker(Small), "manifest.json", document))),
            new("config of docker", [Config], document =>
            {
                var image = TestImage.Docker(Small);
                Read(With(image, $"{image.Digest}.json", document));
            }),
            new("archive", [oci.Bytes(), TestImage.Docker(Small).Bytes()], document => Read(Mended(document))),
            new("tar", [Layer], document => ReadTar(Mended(document))),
            new("layer", [Layer, TestImage.Gzip(Layer), TestImage.Zstd(Layer)],
                document => Read(OfLayer(new TestImage(), Mended(document)))),
            new("extended header", [records], ReadRecords),
            new("texts", [Bytes("local:a@sha256:" + oci.Digest), Bytes("https://host:1/a/b@sha256:" + oci.Digest)], ReadTexts),
        ];
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_document_of_an_image_is_taken_or_refused() => Decoder.Fuzz(decoders, Decoder.Inputs(Sample));

    [Fact]
    [Trait("Tier", "long")]
    public void Every_document_of_many_images_is_taken_or_refused() => Decoder.Fuzz(decoders, Decoder.Inputs(Many));

    [Fact]
    public void What_came_to_no_harm_is_taken()
    {
        Assert.All(decoders, decoder => Assert.All(decoder.Corpus, decoder.Read));
        string[] parts = ["tar", "extended header", "texts"];
        Assert.Equal(decoders.Where(decoder => !parts.Contains(decoder.Name)).Sum(decoder => decoder.Corpus.Count), unpacked);
    }

    private void Read(TestImage image) => Read(image.Bytes());

    private void Read(byte[] archive)
    {
        // Written over, not anew: some file systems wait for the disk when a file that was emptied is closed.
        using (var file = System.IO.File.OpenWrite(folder.File("image.tar")))
        {
            file.Write(archive);
            file.SetLength(archive.Length);
        }

        using var images = ImageArchive.Open(folder.File("image.tar"));
        foreach (var image in images.List().Take(10))
        {
            try
            {
                images.ReadConfig(image);
                images.Unpack(image, new MemoryTree(), Limits, TestContext.Current.CancellationToken);
                unpacked++;
            }
            catch (FaultException e) when (e.Fault.Code == FaultCode.NotFound)
            {
                // A table of contents may name what the archive does not have.
            }
        }
    }

    private static void ReadTar(byte[] tar)
    {
        var (reader, rules, budget) = (new TarReader(new MemoryStream(tar), "Layer 1"), new EntryRules("Layer 1"), new Budget(Limits));
        while (reader.Next() is { } entry)
        {
            var read = rules.Read(entry);
            budget.Take(read, "Layer 1");
            RequireWritable(read with { Size = 0 });
        }
    }

    // What is allowed in a layer can be written, and is read again as the same.
    private static void RequireWritable(LayerEntry read)
    {
        byte? kind = read.Kind switch
        {
            LayerEntryKind.Folder => TarKind.Folder,
            LayerEntryKind.File => TarKind.File,
            LayerEntryKind.SymbolicLink => TarKind.SymbolicLink,
            LayerEntryKind.HardLink => TarKind.HardLink,
            _ => null,
        };
        if (kind is null)
        {
            return;
        }

        var (mode, uid, gid, modified) = read.Attributes;
        var seconds = Math.Min(modified.ToUnixTimeSeconds(), TimeMax);
        var tar = Of(Entry(new TarEntry(read.Path, kind.Value, 0, read.Target, mode, uid, gid, seconds)));
        var again = new EntryRules("Again").Read(new TarReader(new MemoryStream(tar), "Again").Next()!);
        var expected = read.Attributes with { Modified = DateTimeOffset.FromUnixTimeSeconds(seconds) };
        Assert.Equal(read with { Attributes = expected }, again);
    }

    private static void ReadRecords(byte[] document)
    {
        if (PaxRecords.Read(document) is { } records)
        {
            long value = 0;
            Assert.All(new[] { "size", "uid", "gid", "mtime" }, key => records.TryNumber(key, ref value));
        }
    }

    private static void ReadTexts(byte[] document)
    {
        var text = Encoding.UTF8.GetString(document);
        Assert.True(!Digests.TryParse(text, out var digest) || Digests.Format(digest) == text);
        Assert.True(!ImageReference.TryParse(text, out var image) || ImageReference.TryParse(image.ToString(), out _));
        Assert.DoesNotContain(Printable.Of(text), char.IsControl);
    }

    private static TestImage OfManifest(TestImage image, byte[] config) =>
        Chosen(image, Bytes(TestImage.Manifest(image.Blob(config), [image.Blob(Small)])));

    private static TestImage OfLayer(TestImage image, byte[] layer)
    {
        var config = image.Blob(TestImage.Config(ContentOf(layer)));
        return Chosen(image, Bytes(TestImage.Manifest(config, [image.Blob(layer)])));
    }

    // What cannot be uncompressed has no digest that would let it through, so any will do.
    private static byte[] ContentOf(byte[] layer)
    {
        var bytes = new byte[Limits.ContentMax.Bytes];
        try
        {
            using var content = new LayerContent(new MemoryStream(layer), "Layer 1");
            return bytes[..content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (FaultException)
        {
            return [];
        }
    }

    // The document is what the table of contents names.
    private static TestImage Chosen(TestImage image, byte[] document) =>
        With(image, "index.json", Bytes($$"""{"manifests":[{{TestImage.Descriptor(IndexType, image.Blob(document))}}]}"""));

    private static TestImage With(TestImage image, string path, byte[] document)
    {
        image.Files[path] = document;
        return image;
    }

    private static string IndexOf(Digest image) =>
        $$$"""
        {"manifests":[{{{TestImage.Descriptor(
            IndexType, image, $$""","platform":{"os":"{{Platform.Os}}","architecture":"{{Platform.Architecture}}","variant":""}""")}}}]}
        """;

    private static byte[] Mended(byte[] tar) => [.. tar.Chunk(TarHeader.BlockSize)
        .SelectMany(block => IsBroken(block) ? TestLayer.With(block, ..0, []) : block)];

    private static bool IsBroken(byte[] block) => block.Length == TarHeader.BlockSize
        && block.AsSpan(TarHeader.Magic).StartsWith("ustar"u8)
        && !new TarHeader(block).IsWhole();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
