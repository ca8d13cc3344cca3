using System.Diagnostics;
using System.Text;
using Provision.Images.Archives;
using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Xunit;
using static Provision.Images.Tests.TestLayer;

namespace Provision.Images.Tests;

/// <summary>The forms in which images lie somewhere, and those who make them up.</summary>
public sealed class ArchiveTests : IDisposable
{
    private const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    private const string ConfigType = "application/vnd.oci.image.config.v1+json";
    private const string LayerType = "application/vnd.oci.image.layer.v1.tar";
    private const string Index = "application/vnd.oci.image.index.v1+json";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_holds_what_its_tar_holds()
    {
        var image = TestImage.Oci(TestImage.Gzip, Of(File("a", "x")));
        using var archive = ImageArchive.Open(image.Save(folder.File("layout")));
        Assert.Equal([image.Digest], archive.List());
        var tree = new MemoryTree();
        archive.Unpack(image.Digest, tree, new UnpackLimits(), TestContext.Current.CancellationToken);
        Assert.Equal(["a f 644 0:0 x"], tree.Lines);
    }

    [Fact]
    public void An_index_is_resolved_to_this_processor()
    {
        var image = TestImage.Oci(TestImage.Gzip);
        var other = image.Blob("{}");
        var inner = image.Blob(IndexOf(On(image.Digest, "linux", Platform.Architecture)));
        var outer = image.Blob(IndexOf(
            On(other, "linux", "z80"), On(other, "windows", Platform.Architecture), On(other, "linux", Platform.Architecture, "v9"),
            On(inner, "linux", Platform.Architecture)));
        image.Put("index.json", IndexOf(TestImage.Descriptor(Index, outer)));
        using var archive = image.Open(folder);
        Assert.Equal([outer], archive.List());
        Assert.Empty(archive.ReadConfig(outer).Command);
    }

    [Fact]
    public void An_index_without_this_processor_says_what_it_has()
    {
        var image = TestImage.Oci(TestImage.Gzip);
        var index = image.Blob(IndexOf(On(image.Digest, "linux", "z80"), On(image.Digest, "plan9", "mips")));
        var fault = Refused($"The image {index} has nothing for {Platform.Name}", image.Choose(index));
        Assert.Equal("It is for linux/z80, plan9/mips.", fault.Remedy);
    }

    [Fact]
    public void Indexes_of_indexes_end_somewhere()
    {
        var image = TestImage.Oci(TestImage.Gzip);
        var at = image.Digest;
        for (var depth = 0; depth < 5; depth++)
        {
            at = image.Blob(IndexOf(On(at, "linux", Platform.Architecture)));
        }

        Refused("is an index of indexes, more than 4 deep", image.Choose(at));
    }

    [Fact]
    public void An_image_for_another_processor_is_shown_and_not_unpacked()
    {
        var image = TestImage.Oci(TestImage.Gzip);
        var config = image.Blob("""{"architecture":"z80","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}""");
        image.Choose(image.Blob(TestImage.Manifest(config, [])));
        using var archive = image.Open(folder);
        Assert.Empty(archive.ReadConfig(image.Digest).User);
        var fault = Assert.Throws<FaultException>(() => Unpack(archive, image.Digest)).Fault;
        Assert.Equal($"The image {image.Digest} is for linux/z80, not for {Platform.Name}", fault.What);
    }

    [Fact]
    public void A_manifest_does_not_pass_for_the_config_of_an_image_without_layers()
    {
        var image = TestImage.Oci(TestImage.Gzip, Of(File("a")));
        var poison = TestImage.Docker();
        poison.Put("config.json", Encoding.UTF8.GetString(image.Files[$"blobs/sha256/{image.Digest}"]));
        poison.Put("manifest.json", """[{"Config":"config.json","Layers":[]}]""");
        using var archive = poison.Open(folder);

        var fault = Assert.Throws<FaultException>(() => archive.ReadConfig(image.Digest)).Fault;
        Assert.Equal(FaultCode.Invalid, fault.Code);
        Assert.StartsWith("The config of the image is none", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_is_not_there_is_not_found()
    {
        foreach (var image in (TestImage[])[TestImage.Oci(TestImage.Gzip), TestImage.Docker()])
        {
            using var archive = image.Open(folder);
            var fault = Assert.Throws<FaultException>(() => archive.ReadConfig(Digest.Of("other"u8))).Fault;
            Assert.Equal((FaultCode.NotFound, $"There is {image.Digest}."), (fault.Code, fault.Remedy));
        }
    }

    [Fact]
    public void A_blob_is_what_its_name_says_or_it_is_refused()
    {
        var layer = Of(File("a"));
        var made = TestImage.Oci(TestImage.Gzip, layer);
        foreach (var path in made.Files.Keys.Where(path => path.StartsWith("blobs", StringComparison.Ordinal)))
        {
            var image = TestImage.Oci(TestImage.Gzip, layer);
            image.Files[path] = [.. image.Files[path], (byte)' '];
            Refused("is not what", image);
            image.Files.Remove(path);
            var fault = Refused(null, image);
            var named = path.EndsWith(image.Digest.ToString(), StringComparison.Ordinal);
            Assert.Equal(named ? FaultCode.NotFound : FaultCode.Invalid, fault.Code);
        }
    }

    [Fact]
    public void A_layer_whose_content_is_not_what_the_config_says_is_refused()
    {
        var docker = TestImage.Docker(Of(File("a", "x")));
        docker.Files["0/layer.tar"] = Of(File("a", "y"));
        Refused("Layer 1: the content is not what the image says", docker);

        var (honest, other) = (Of(File("a", "x")), Of(File("a", "y")));
        var oci = TestImage.Oci(TestImage.Gzip);
        var config = oci.Blob(TestImage.Config(honest));
        Refused("Layer 1: the content is not", oci.Choose(oci.Blob(TestImage.Manifest(config, [oci.Blob(TestImage.Gzip(other))]))));
    }

    [Fact]
    public void What_a_config_says_is_read()
    {
        const string Running =
            """{"Entrypoint":["/a"],"Cmd":["b",""],"Env":["A=","B=c=d"],"WorkingDir":"/w","User":"u:g","Labels":{"x":"y"},"Other":[[1]]}""";
        using var archive = Configured(Running).Open(folder);
        Assert.Equivalent(
            new ImageConfig { Entrypoint = ["/a"], Command = ["b", ""], Environment = ["A=", "B=c=d"], WorkingFolder = "/w", User = "u:g" },
            archive.ReadConfig(archive.List()[0]),
            strict: true);
        using var nothing = Configured("""{"Entrypoint":null,"Cmd":null,"Env":null,"WorkingDir":null,"User":null}""").Open(folder);
        Assert.Equivalent(new ImageConfig(), nothing.ReadConfig(nothing.List()[0]), strict: true);
    }

    [Theory]
    [InlineData("""{"Entrypoint":"/a"}""", "is not valid")]
    [InlineData("""{"Entrypoint":[1]}""", "is not valid")]
    [InlineData("""{"Entrypoint":[null]}""", "has a null in Entrypoint")]
    [InlineData("""{"Cmd":["\ud800"]}""", "is not valid")]
    [InlineData("""{"Cmd":["a\u0000b"]}""", "in which a zero would end the text")]
    [InlineData("""{"Env":["A"]}""", "\"A\" in Env, which is no NAME=VALUE")]
    [InlineData("""{"Env":["=A"]}""", "\"=A\" in Env, which is no NAME=VALUE")]
    [InlineData("""{"User":"a","User":"b"}""", "is not valid")]
    [InlineData("""{"User":"a"},"config":{"User":"b"}""", "is not valid")]
    [InlineData("[]", "is not valid")]
    [InlineData("{", "is not valid")]
    public void A_config_that_nothing_can_be_started_with_is_refused(string running, string expected) =>
        Refused(expected, Configured(running));

    [Theory]
    [InlineData("null", "is null")]
    [InlineData("{}", "is no manifest of an image")]
    [InlineData("[]", "is not valid")]
    [InlineData("""{"mediaType":"application/x"}""", "is no image but application/x")]
    [InlineData("""{"manifests":[],"layers":[]}""", "is a manifest and an index at once")]
    [InlineData("""{"manifests":[null]}""", "has nothing for linux/")]
    [InlineData("""{"layers":[],"config":{"mediaType":"application/vnd.cncf.helm.v1+json"}}""", "is no image but application/vnd.cncf")]
    [InlineData("""{"layers":[],"config":{"digest":"sha256:00"}}""", "is no image but")]
    [InlineData("""{"layers":[],"config":{"mediaType":"CONFIG-TYPE","digest":"sha512:00"}}""", "a digest \"sha512:00\"")]
    [InlineData("""{"layers":[null],"config":CONFIG}""", "Layer 1 is of no type")]
    [InlineData("""{"layers":[{"mediaType":"LAYER-TYPE+encrypted"}],"config":CONFIG}""", "tar+encrypted, which is no tar")]
    [InlineData("""{"layers":[{"mediaType":"LAYER-TYPE","digest":"../../x"}],"config":CONFIG}""", "a digest \"../../x\"")]
    [InlineData("""{"layers":[LAYER],"config":CONFIG}""", "The image has 1 layers, and its config the digests of 0")]
    public void A_manifest_that_is_none_is_refused(string manifest, string expected)
    {
        var image = TestImage.Oci(TestImage.Gzip);
        var text = manifest.Replace("CONFIG-TYPE", ConfigType, StringComparison.Ordinal)
            .Replace("LAYER-TYPE", LayerType, StringComparison.Ordinal)
            .Replace("CONFIG", TestImage.Descriptor(ConfigType, image.Blob(TestImage.Config())), StringComparison.Ordinal)
            .Replace("LAYER", TestImage.Descriptor(LayerType, Digest.Of("none"u8)), StringComparison.Ordinal);
        Refused(expected, image.Choose(image.Blob(text)));
    }

    [Theory]
    [InlineData("[null]", "names an image null")]
    [InlineData("[{}]", "has no Config")]
    [InlineData("""[{"Config":"none"}]""", "The archive lacks none")]
    [InlineData("""[{"Config":"../../../../etc/hostname"}]""", "The archive lacks ../../../../etc/hostname")]
    [InlineData("{}", "is not valid")]
    public void A_table_of_contents_that_is_none_is_refused(string manifest, string expected)
    {
        var image = TestImage.Docker();
        image.Put("manifest.json", manifest);
        using var archive = image.Open(folder);
        var fault = Assert.Throws<FaultException>(() => archive.List()).Fault;
        Assert.Equal(FaultCode.Invalid, fault.Code);
        Assert.Contains(expected, fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_of_a_docker_archive_cannot_be_a_file_of_the_host()
    {
        var secret = folder.Put("secret", "x");
        var image = TestImage.Docker(Of(File("a")));
        image.Put("manifest.json", $$"""[{"Config":"{{image.Digest}}.json","Layers":["{{secret}}"]}]""");
        Refused("Layer 1 is not there", image);
        using var saved = ImageArchive.Open(image.Save(folder.File("layout")));
        Assert.Equal(FaultCode.Invalid, Assert.Throws<FaultException>(() => Unpack(saved, image.Digest)).Fault.Code);
    }

    [Fact]
    public void No_link_of_a_folder_is_followed()
    {
        var image = TestImage.Oci(TestImage.Gzip, Of(File("a")));
        var layout = image.Save(folder.File("layout"));
        var blobs = Path.Combine(layout, "blobs/sha256");
        Directory.Move(blobs, folder.File("elsewhere"));
        Directory.CreateSymbolicLink(blobs, folder.File("elsewhere"));
        using var archive = ImageArchive.Open(layout);
        Assert.Contains(
            "blobs/sha256 is not a folder",
            Assert.Throws<FaultException>(() => archive.ReadConfig(image.Digest)).Fault.What,
            StringComparison.Ordinal);

        System.IO.File.Delete(Path.Combine(layout, "index.json"));
        System.IO.File.CreateSymbolicLink(Path.Combine(layout, "index.json"), folder.Put("secret", "{}"));
        Assert.Contains(
            "index.json is a symbolic link, not a file",
            Assert.Throws<FaultException>(() => ImageArchive.Open(layout)).Fault.What,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_never_end_is_not_opened()
    {
        var fault = Assert.Throws<FaultException>(() => ImageArchive.Open("/dev/zero")).Fault;
        Assert.Contains("is a device", fault.What, StringComparison.Ordinal);
        Directory.CreateDirectory(folder.File("layout"));
        Process.Start("mkfifo", folder.File("layout/index.json")).WaitForExit();
        Assert.Contains(
            "index.json is a named pipe",
            Assert.Throws<FaultException>(() => ImageArchive.Open(folder.File("layout"))).Fault.What,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_that_is_too_large_is_not_read()
    {
        var image = TestImage.Oci(TestImage.Gzip);
        image.Put("index.json", new string(' ', (4 << 20) + 1));
        using var archive = image.Open(folder);
        Assert.Equal("index.json has 4194305 bytes; at most 4194304 are read", Assert.Throws<FaultException>(archive.List).Fault.What);
    }

    [Fact]
    public void What_holds_no_images_is_refused()
    {
        Assert.Equal(FaultCode.NotFound, Assert.Throws<FaultException>(() => ImageArchive.Open(folder.File("none"))).Fault.Code);
        Assert.Equal(FaultCode.Invalid, Assert.Throws<FaultException>(() => ImageArchive.Open(folder.Path)).Fault.Code);
        Assert.Equal(FaultCode.Invalid, Assert.Throws<FaultException>(() => ImageArchive.Open(folder.Put("text", "no tar"))).Fault.Code);
        Assert.Equal(FaultCode.Invalid, Assert.Throws<FaultException>(() => ImageArchive.Open(folder.Put("empty", ""))).Fault.Code);
    }

    [Fact]
    public void A_tar_of_very_many_files_is_no_archive_of_images()
    {
        var entry = File("a");
        System.IO.File.WriteAllBytes(folder.File("many"), Of([.. Enumerable.Repeat(entry, 20_001)]));
        var fault = Assert.Throws<FaultException>(() => ImageArchive.Open(folder.File("many"))).Fault;
        Assert.Contains("more than 20000 entries", fault.Cause!.What, StringComparison.Ordinal);
    }

    private static TestImage Configured(string running)
    {
        var image = TestImage.Oci(TestImage.Gzip);
        image.Choose(image.Blob(TestImage.Manifest(image.Blob(TestImage.Config(running)), [])));
        image.Put("index.json", IndexOf(TestImage.Descriptor(Manifest, image.Digest)));
        return image;
    }

    private static string IndexOf(params string[] manifests) => $$"""{"manifests":[{{string.Join(',', manifests)}}]}""";

    private static string On(Digest digest, string os, string architecture, string variant = "") => TestImage.Descriptor(
        Manifest, digest, $$""","platform":{"os":"{{os}}","architecture":"{{architecture}}","variant":"{{variant}}"}""");

    private Fault Refused(string? expected, TestImage image)
    {
        using var archive = image.Open(folder);
        var fault = Assert.Throws<FaultException>(() => Unpack(archive, image.Digest)).Fault;
        Assert.Contains(expected ?? "", fault.What, StringComparison.Ordinal);
        Assert.True(expected is null || fault.Code == FaultCode.Invalid, fault.ToString());
        return fault;
    }

    private static void Unpack(ImageArchive archive, Digest image) =>
        archive.Unpack(image, new MemoryTree(), new UnpackLimits(), TestContext.Current.CancellationToken);
}
