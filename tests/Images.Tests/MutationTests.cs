using CsCheck;
using Provision.Images.Layers;
using Provision.Images.Tar;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;
using static Provision.Images.Tests.TestLayer;

namespace Provision.Images.Tests;

/// <summary>Bytes that were changed by chance: what comes of them is a fault, or the same tree; never anything else.</summary>
public sealed class MutationTests : IDisposable
{
    private static readonly UnpackLimits Limits = new() { ContentMax = new ByteSize(1 << 20), EntriesMax = 100 };

    private static readonly byte[] Layer = Of(
        Folder("a"),
        File("a/b", "content of a file"),
        File(new string('n', 150), "long"),
        Pax("uid=5", "mtime=1.5", "SCHILY.xattr.user.a=b"),
        Link("c", "a/b"),
        HardLink("d", "a/b"),
        Extension((byte)'L', "gnu\0"u8.ToArray()),
        File("e", new string('x', 1000)));

    private static readonly byte[] Upper = Of(File("a/.wh.b"), File("f/.wh..wh..opq"), File("f/g"));

    // Where, and what it becomes: any byte, or one that means something in a tar.
    private static readonly Gen<(int Place, byte Value)[]> Changes =
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.OneOf(Gen.Byte, Gen.OneOf<byte>([.. "\0 /.0127xgLKS="u8, 0x80, 0xff]))).Array[1, 4];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("docker")]
    [InlineData("plain")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void A_changed_archive_is_a_fault_or_the_same_tree(string form)
    {
        var image = form switch
        {
            "docker" => TestImage.Docker(Layer, Upper),
            "gzip" => TestImage.Oci(TestImage.Gzip, Layer, Upper),
            "zstd" => TestImage.Oci(TestImage.Zstd, Layer, Upper),
            _ => TestImage.Oci(bytes => bytes, Layer, Upper),
        };
        var whole = image.Bytes();
        var expected = Unpack(whole, image.Digest)!;
        Assert.NotEmpty(expected);
        Changes.Sample(
            changes => Unpack(Changed(whole, changes), image.Digest) is not { } found || found.SequenceEqual(expected),
            iter: 1000,
            threads: 1);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void A_changed_layer_is_a_fault_or_entries_that_are_allowed(string form)
    {
        var whole = form switch { "gzip" => TestImage.Gzip(Layer), "zstd" => TestImage.Zstd(Layer), _ => Layer };
        Assert.Equal(6, Read(whole));
        Gen.Select(Changes, Gen.Bool).Sample(
            (changes, mend) =>
            {
                var changed = Changed(whole, changes);
                return Read(mend && form == "plain" ? Mended(changed) : changed) <= Limits.EntriesMax;
            },
            iter: 5000,
            threads: 1);
    }

    private static byte[] Changed(byte[] bytes, (int Place, byte Value)[] changes)
    {
        var changed = bytes.ToArray();
        foreach (var (place, value) in changes)
        {
            changed[place % changed.Length] = value;
        }

        return changed;
    }

    // With checksums that are right the changes come through to where they are understood.
    private static byte[] Mended(byte[] tar) => [.. tar.Chunk(TarHeader.BlockSize)
        .SelectMany(block => block.AsSpan(TarHeader.Magic).StartsWith("ustar"u8) ? With(block, ..0, []) : block)];

    private string[]? Unpack(byte[] bytes, Digest image)
    {
        // Written over, not anew: some file systems wait for the disk when a file that was emptied is closed.
        using (var file = System.IO.File.OpenWrite(folder.File("image.tar")))
        {
            file.Write(bytes);
        }

        try
        {
            var tree = new MemoryTree();
            using var archive = ImageArchive.Open(folder.File("image.tar"));
            archive.Unpack(image, tree, Limits, TestContext.Current.CancellationToken);
            return [.. tree.Lines];
        }
        catch (FaultException)
        {
            return null;
        }
    }

    private static int Read(byte[] layer)
    {
        var (budget, rules, count) = (new Budget(Limits), new EntryRules("Layer 1"), 0);
        try
        {
            using var content = new LayerContent(new MemoryStream(layer), "Layer 1");
            for (var reader = new TarReader(content, "Layer 1"); reader.Next() is { } entry; count++)
            {
                var read = rules.Read(entry);
                budget.Take(read, "Layer 1");
                Assert.DoesNotContain("..", read.Path.Split('/'));
            }
        }
        catch (FaultException)
        {
            return 0;
        }

        return count;
    }
}
