using Provision.Reservations.Faults;
using Xunit;
using static Provision.Images.Tests.TestLayer;

namespace Provision.Images.Tests;

/// <summary>What layers become, one upon another.</summary>
public sealed class LayerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("plain")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void A_layer_is_unpacked_whatever_it_is_compressed_with(string form)
    {
        Func<byte[], byte[]> pack = form switch { "gzip" => TestImage.Gzip, "zstd" => TestImage.Zstd, _ => bytes => bytes };
        var layer = Of(Folder("a/", 0x1c0), File("a/b", new string('x', 100_000), 0x9ed, 7, 65535), Link("c", "a/b"));
        Assert.Equal(
            ["a d 700 0:0 ", $"a/b f 4755 7:65535 {new string('x', 100_000)}", "c l 777 0:0 a/b"],
            Unpack(TestImage.Oci(pack, layer)).Lines);
    }

    [Fact]
    public void A_docker_archive_is_named_by_its_config() => Assert.Equal(
        ["a f 644 0:0 new", "b f 644 0:0 "],
        Unpack(TestImage.Docker(Of(File("a", "old"), File("b")), Of(File("a", "new")))).Lines);

    [Fact]
    public void A_layer_of_a_docker_archive_may_be_a_link_to_another()
    {
        var layer = Of(File("a", "x"));
        var image = TestImage.Docker(layer, layer);
        image.Files.Remove("1/layer.tar");
        var tar = image.Bytes();
        System.IO.File.WriteAllBytes(folder.File("linked.tar"), [.. tar[..^1024], .. Of(Link("1/layer.tar", "../0/layer.tar"))]);
        using var archive = ImageArchive.Open(folder.File("linked.tar"));
        Assert.Equal(["a"], Unpack(archive, image).Paths);
    }

    [Fact]
    public void A_whiteout_takes_away_what_lower_layers_have() => Assert.Equal(
        ["a", "a/kept"],
        Unpack(TestImage.Docker(
            Of(File("a/gone"), File("a/kept"), File("b/c/d")),
            Of(File("a/.wh.gone"), File(".wh.b"), File(".wh.never-there")))).Paths);

    [Fact]
    public void A_whiteout_does_not_touch_its_own_layer() => Assert.Equal(
        ["a f 644 0:0 new"],
        Unpack(TestImage.Docker(Of(File("a", "old")), Of(File("a", "new"), File(".wh.a")))).Lines);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_opaque_whiteout_empties_what_is_below_wherever_it_stands(bool first)
    {
        var (mark, files) = (File("a/.wh..wh..opq"), Of(File("a/x/new"), File("a/y"))[..^1024]);
        var upper = first ? Of(Folder("a"), mark, files) : Of(Folder("a"), files, mark);
        Assert.Equal(
            ["a", "a/x", "a/x/new", "a/y", "b"],
            Unpack(TestImage.Docker(Of(File("a/x/old"), File("a/z"), File("b")), upper)).Paths);
    }

    [Fact]
    public void An_opaque_whiteout_at_the_top_empties_all() => Assert.Equal(
        ["new"],
        Unpack(TestImage.Docker(Of(File("a/x")), Of(File("new"), File(".wh..wh..opq")))).Paths);

    [Fact]
    public void Bookkeeping_of_an_old_union_file_system_is_passed_over() => Assert.Equal(
        ["a"],
        Unpack(TestImage.Docker(Of(File("a"), Folder(".wh..wh.plnk"), File(".wh..wh.plnk/1.2"), File(".wh..wh.aufs")))).Paths);

    [Fact]
    public void A_folder_over_a_folder_keeps_what_it_holds_and_a_file_replaces_it() => Assert.Equal(
        ["a d 700 0:0 ", "a/b f 644 0:0 ", "c f 644 0:0 file"],
        Unpack(TestImage.Docker(Of(File("a/b"), File("c/d")), Of(Folder("a", 0x1c0), File("c", "file")))).Lines);

    [Fact]
    public void Long_names_of_pax_and_of_gnu_are_read()
    {
        var (pax, gnu) = ($"{new string('p', 200)}/{new string('ü', 60)}", $"{new string('g', 200)}/x");
        var target = new string('t', 300);
        var layer = Of(
            File(pax),
            Extension((byte)'L', [.. System.Text.Encoding.UTF8.GetBytes(gnu), 0]),
            File("short"),
            Extension((byte)'K', [.. System.Text.Encoding.UTF8.GetBytes(target), 0]),
            Link("l", "short"));
        var tree = Unpack(TestImage.Docker(layer));
        Assert.Equal([gnu.Split('/')[0], gnu, "l", pax.Split('/')[0], pax], tree.Paths);
        Assert.Contains($"l l 777 0:0 {target}", tree.Lines);
    }

    [Fact]
    public void Pax_says_more_than_the_header()
    {
        var tree = Unpack(TestImage.Docker(Of(
            Pax("uid=65535", "gid=3", "mtime=12.75", "SCHILY.xattr.user.x=y", "path=named", "comment=c"), File("unnamed", "content"))));
        Assert.Equal(["named f 644 65535:3 content"], tree.Lines);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(12), tree.Attributes("named").Modified);
    }

    [Fact]
    public void A_global_header_is_passed_over() => Assert.Equal(
        ["a"], Unpack(TestImage.Docker(Of(Extension((byte)'g', "15 path=global\n"u8.ToArray()), File("a")))).Paths);

    [Fact]
    public void A_hard_link_is_another_name_for_a_file_of_any_layer() => Assert.Equal(
        ["a f 644 0:0 x", "b f 644 0:0 x", "c f 644 0:0 x"],
        Unpack(TestImage.Docker(Of(File("a", "x"), HardLink("b", "/a")), Of(HardLink("./c", "./b")))).Lines);

    [Fact]
    public void The_size_that_old_programs_gave_a_link_is_not_that_of_content()
    {
        var link = With(HardLink("b", "a"), Tar.TarHeader.Size, "00000000100\0"u8);
        Assert.Equal(["a", "b", "c"], Unpack(TestImage.Docker(Of(File("a", "x"), link, File("c")))).Paths);
    }

    [Fact]
    public void Names_are_relative_whatever_they_begin_with() => Assert.Equal(
        ["a", "b", "c", "c/d", "e"],
        Unpack(TestImage.Docker(Of(Folder("./"), File("/a"), File("./b"), File("c//./d"), File("//e")))).Paths);

    [Fact]
    public void A_file_whose_name_ends_with_a_slash_is_a_folder() =>
        Assert.Equal(["a d 644 0:0 "], Unpack(TestImage.Docker(Of(File("a/")))).Lines);

    [Fact]
    public void A_moment_that_nothing_can_show_becomes_the_nearest_one()
    {
        var tree = Unpack(TestImage.Docker(Of(Pax("mtime=-5"), File("a"), Pax("mtime=9999999999999"), File("b"))));
        Assert.Equal(DateTimeOffset.UnixEpoch, tree.Attributes("a").Modified);
        Assert.Equal(9999, tree.Attributes("b").Modified.Year);
    }

    [Fact]
    public void What_the_tree_says_comes_with_the_entry()
    {
        var fault = Assert.Throws<FaultException>(() => Unpack(TestImage.Docker(Of(), Of(HardLink("a", "none"))))).Fault;
        Assert.Equal(
            (FaultCode.Invalid, "Layer 2: a cannot be unpacked", "There is no file none to link to"),
            (fault.Code, fault.What, fault.Cause?.What));
    }

    [Fact]
    public void Unpacking_ends_when_nobody_waits_any_more()
    {
        var image = TestImage.Docker(Of(File("a", new string('x', 200_000))));
        using var cancel = new CancellationTokenSource();
        using var archive = image.Open(folder);
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(() => archive.Unpack(image.Digest, new MemoryTree(), new UnpackLimits(), cancel.Token));
    }

    private MemoryTree Unpack(TestImage image)
    {
        using var archive = image.Open(folder);
        Assert.Equal([image.Digest], archive.List());
        return Unpack(archive, image);
    }

    private static MemoryTree Unpack(ImageArchive archive, TestImage image)
    {
        var tree = new MemoryTree();
        archive.Unpack(image.Digest, tree, new UnpackLimits(), TestContext.Current.CancellationToken);
        return tree;
    }
}
