using System.Text;
using Provision.Images.Tar;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;
using static Provision.Images.Tests.TestLayer;

namespace Provision.Images.Tests;

/// <summary>Layers that mean harm: each is refused, and the fault says which layer and which entry.</summary>
public sealed class HostileLayerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("../a", "../a leads out of the image")]
    [InlineData("a/../../b", "a/../../b leads out of the image")]
    [InlineData("/..", "/.. leads out of the image")]
    [InlineData("a/..", "a/.. leads out of the image")]
    [InlineData("./", "./ has no name")]
    [InlineData("", "an entry has no name")]
    [InlineData("/", "/ has no name")]
    [InlineData(".wh.", ".wh. is a whiteout of nothing")]
    [InlineData(".wh..", ".wh.. is a whiteout of nothing")]
    [InlineData(".wh...", ".wh... is a whiteout of nothing")]
    [InlineData("a/.wh.b/c", "a/.wh.b/c is a whiteout of nothing")]
    [InlineData("a\nb\u001b[2J/../c", "a\ufffdb\ufffd[2J/../c leads out of the image")]
    public void A_name_that_leads_elsewhere_is_refused(string name, string expected)
    {
        Refused($"Layer 2: {expected}", File("x"), Link(name, "t"));
        if (name.Length > 0)
        {
            Refused($"Layer 2: {expected}", Pax($"path={name}"), Link("x", "t"));
        }
    }

    [Theory]
    [InlineData("../a", "x leads out of the image")]
    [InlineData("a/../../../etc/passwd", "x leads out of the image")]
    [InlineData("/", "x is a link to nothing")]
    [InlineData("", "x is a link to nothing")]
    public void A_hard_link_to_elsewhere_is_refused(string target, string expected) =>
        Refused($"Layer 2: {expected}", HardLink("x", target));

    [Fact]
    public void A_symbolic_link_may_say_anything_but_nothing_and_too_much()
    {
        Refused("Layer 2: x is a link to nothing", Link("x", ""));
        Refused("Layer 2: x is a link to nothing", Link("x", new string('t', 4096)));
        Refused("Layer 2: x is a link to nothing", Pax("linkpath=a\0b"), Link("x", "t"));
    }

    [Fact]
    public void Names_that_no_kernel_takes_are_refused()
    {
        Refused("Layer 2: a\ufffdb has a zero in its name", Pax("path=a\0b"), File("x"));
        Refused("has a name of more than 4095 bytes", File(string.Join('/', Enumerable.Repeat(new string('n', 200), 21))));
        Refused("has more than 256 parts, or one of more than 255 bytes", File(new string('n', 256)));
        Refused("has more than 256 parts, or one of more than 255 bytes", File(new string('ü', 128)));
        Refused("has more than 256 parts", File(string.Join('/', Enumerable.Repeat("d", 257))));
        Refused("that is not UTF-8: \ufffda", With(File("a"), TarHeader.Name, [0xff, (byte)'a']));
    }

    [Fact]
    public void A_name_in_a_fault_is_short_and_whole()
    {
        foreach (var first in (string[])["", "a"])
        {
            var part = string.Concat(Enumerable.Repeat("😀", 50));
            var fault = Refused("… is a device", Pax($"path={first}{part}//{part}//{part}"), OfKind('3', "x"));
            Assert.InRange(fault.What.Length, 200, 250);
            Assert.Equal(fault.What, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(fault.What)));
        }
    }

    [Theory]
    [InlineData('3', "dev/sda is a device")]
    [InlineData('4', "dev/sda is a device")]
    [InlineData('6', "dev/sda is a named pipe")]
    [InlineData('D', "dev/sda is of an unknown kind, 'D'")]
    [InlineData('S', "dev/sda is a sparse file")]
    public void Only_files_folders_and_links_are_unpacked(char kind, string expected) =>
        Refused($"Layer 2: {expected}", OfKind(kind, "dev/sda"));

    [Fact]
    public void A_sparse_file_of_pax_is_refused() => Refused(
        "Layer 2: holes is a sparse file", Pax("GNU.sparse.major=1", "GNU.sparse.realsize=1000000000000"), File("holes", "x"));

    [Theory]
    [InlineData("uid=65536")]
    [InlineData("gid=65536")]
    [InlineData("uid=-1")]
    [InlineData("uid=99999999999999999999")]
    [InlineData("uid=x")]
    [InlineData("uid=")]
    public void Owners_that_no_container_has_are_refused(string record)
    {
        if (record == "uid=")
        {
            // Nothing is said, so the header counts.
            Assert.Equal(["a"], Unpack(Of(Pax(record), File("a"))).Paths);
            return;
        }

        Refused("a", Pax(record), File("a"));
    }

    [Fact]
    public void A_number_of_the_binary_form_is_read_and_its_bounds_hold()
    {
        Refused("Layer 2: a belongs to 65536:0", With(File("a"), TarHeader.Uid, [0x80, 0, 0, 0, 0, 1, 0, 0]));
        Refused("Layer 2: a belongs to -1:0", With(File("a"), TarHeader.Uid, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
        Refused("has an entry a of -2 bytes", With(File("a"), TarHeader.Size, [0xff, .. Enumerable.Repeat((byte)0xff, 10), 0xfe]));
        Refused("whose size is no number", With(File("a"), TarHeader.Size, [0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
        Refused("whose size is no number", With(File("a"), TarHeader.Size, "12345678 9z\0"u8));
        Refused("has an entry a of -5 bytes", Pax("size=-5"), File("a"));
        Refused("has an entry a of 9223372036854775807 bytes", Pax("size=9223372036854775807"), File("a"));
    }

    [Theory]
    [InlineData("5 a=b")]
    [InlineData("x a=b\n")]
    [InlineData("7 a=b\n")]
    [InlineData("6 abc\n")]
    [InlineData("5 =b\n")]
    [InlineData("0 a=b\n")]
    [InlineData("-6 a=b\n")]
    [InlineData("99999999999 a=b\n")]
    public void An_extended_header_that_is_none_is_refused(string content) => Refused(
        "Layer 2 has an extended header after its beginning that is none",
        Extension((byte)'x', Encoding.UTF8.GetBytes(content)),
        File("a"));

    [Theory]
    [InlineData('x')]
    [InlineData('g')]
    [InlineData('L')]
    [InlineData('K')]
    public void An_extended_header_cannot_fill_the_memory(char kind) => Refused(
        "Layer 2 has an extended header of 1048577 bytes",
        With(OfKind(kind, "a"), TarHeader.Size, "00004000001\0"u8));

    [Fact]
    public void What_is_no_tar_is_refused()
    {
        RefusedLayer("Layer 1 is no tar after its beginning", Encoding.UTF8.GetBytes(new string('x', 512)));
        RefusedLayer("Layer 1 breaks off after its beginning", [1, 2, 3]);
        RefusedLayer("Layer 1 breaks off after a", File("a", "content")[..600]);
        RefusedLayer("Layer 1 is no tar: it goes on behind the end after a", [.. File("a"), .. new byte[512], .. File("b")]);
        RefusedLayer("Layer 1 cannot be uncompressed", [0x1f, 0x8b, .. new byte[100]]);
        RefusedLayer("Layer 1 cannot be uncompressed", [0x28, 0xb5, 0x2f, 0xfd, .. Enumerable.Repeat((byte)0xff, 100)]);
    }

    [Fact]
    public void A_window_of_gigabytes_is_refused() => RefusedLayer(
        // A frame of zstd that asks for a window of 2 GiB (RFC 8878, 3.1.1.1.2), and one block of it.
        "Layer 1 cannot be uncompressed", [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00]);

    [Fact]
    public void A_bomb_is_refused_as_soon_as_it_is_too_large()
    {
        var limits = new UnpackLimits { ContentMax = new ByteSize(1000), EntriesMax = 3, LayersMax = 2 };
        var (half, more) = (new string('x', 500), new string('x', 501));
        Refused("Layer 2: with b the image has more than 1000 B of files", limits, File("a", half), File("b", more));
        Refused("Layer 2: with d the image has more than 3 entries", limits, File("a"), File("b"), File("c"), File("d"));
        Refused("Layer 2: with a the image has more than 1000 B", limits, Pax("size=1000000000000"), File("a"));
        var fault = Assert.Throws<FaultException>(() => Unpack(limits, TestImage.Docker(Of(), Of(), Of()))).Fault;
        Assert.Equal((FaultCode.Invalid, "The image has 3 layers; at most 2 are unpacked"), (fault.Code, fault.What));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void Zeros_without_end_behind_the_end_are_a_bomb_too(string form)
    {
        var limits = new UnpackLimits { ContentMax = new ByteSize(1000), EntriesMax = 3 };
        var layer = new byte[16 << 20];
        var image = TestImage.Oci(form == "gzip" ? TestImage.Gzip : TestImage.Zstd, layer);
        var fault = Assert.Throws<FaultException>(() => Unpack(limits, image)).Fault;
        Assert.StartsWith("Layer 1: the layers have more than", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_that_is_there_many_times_counts_many_times()
    {
        var limits = new UnpackLimits { ContentMax = new ByteSize(1000) };
        var layer = Of(File("a", new string('x', 400)));
        var fault = Assert.Throws<FaultException>(() => Unpack(limits, TestImage.Oci(TestImage.Gzip, layer, layer, layer))).Fault;
        Assert.StartsWith("Layer 3: with a the image has more than", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_of_a_layer_is_added_before_all_of_it_was_checked()
    {
        var image = TestImage.Docker(Of(File("a")), Of(File("b"), OfKind('3', "dev")));
        var tree = new MemoryTree();
        using var archive = image.Open(folder);
        Assert.Throws<FaultException>(() => archive.Unpack(image.Digest, tree, new UnpackLimits(), TestContext.Current.CancellationToken));
        Assert.Equal(["a"], tree.Paths);
    }

    private Fault Refused(string expected, params byte[][] entries) => Refused(expected, new UnpackLimits(), entries);

    private Fault Refused(string expected, UnpackLimits limits, params byte[][] entries)
    {
        var fault = Assert.Throws<FaultException>(() => Unpack(limits, TestImage.Docker(Of(), Of(entries)))).Fault;
        Assert.Equal(FaultCode.Invalid, fault.Code);
        Assert.Contains(expected, fault.What, StringComparison.Ordinal);
        Assert.Contains("Layer 2", fault.What, StringComparison.Ordinal);
        Assert.NotNull(fault.Remedy);
        return fault;
    }

    private void RefusedLayer(string expected, byte[] layer)
    {
        var fault = Assert.Throws<FaultException>(() => Unpack(layer)).Fault;
        Assert.Equal(FaultCode.Invalid, fault.Code);
        Assert.StartsWith(expected, fault.What, StringComparison.Ordinal);
    }

    private MemoryTree Unpack(byte[] layer) => Unpack(new UnpackLimits(), TestImage.Docker(layer));

    private MemoryTree Unpack(UnpackLimits limits, TestImage image)
    {
        using var archive = image.Open(folder);
        var tree = new MemoryTree();
        archive.Unpack(image.Digest, tree, limits, TestContext.Current.CancellationToken);
        return tree;
    }
}
