using System.IO.Compression;
using System.Text;
using Provision.Images.Files;
using Provision.Reservations;
using ZstdSharp;

namespace Provision.Images.Tests;

/// <summary>Images in every form, made by hand of tars that no program of ours would write.</summary>
internal sealed class TestImage
{
    private const string LayerType = "application/vnd.oci.image.layer.v1.tar";

    private readonly Dictionary<string, byte[]> files = [];

    /// <summary>What names the image.</summary>
    public Digest Digest { get; private set; }

    /// <summary>The files of the layout, by path.</summary>
    public IDictionary<string, byte[]> Files => files;

    public static byte[] Gzip(byte[] bytes)
    {
        using var result = new MemoryStream();
        using (var zipped = new GZipStream(result, CompressionLevel.Fastest))
        {
            zipped.Write(bytes);
        }

        return result.ToArray();
    }

    public static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(bytes).ToArray();
    }

    /// <summary>An OCI layout; <paramref name="pack"/> makes the blob of each layer.</summary>
    public static TestImage Oci(Func<byte[], byte[]> pack, params byte[][] layers)
    {
        var image = new TestImage();
        var config = image.Blob(Encoding.UTF8.GetBytes(Config(layers)));
        var blobs = layers.Select(layer => image.Blob(pack(layer))).ToList();
        image.Digest = image.Blob(Encoding.UTF8.GetBytes(Manifest(config, blobs)));
        image.Index(Descriptor("application/vnd.oci.image.manifest.v1+json", image.Digest));
        return image;
    }

    /// <summary>What <c>docker save</c> makes.</summary>
    public static TestImage Docker(params byte[][] layers)
    {
        var image = new TestImage();
        var config = Encoding.UTF8.GetBytes(Config(layers));
        image.Digest = Digest.Of(config);
        image.files[$"{image.Digest}.json"] = config;
        foreach (var (index, layer) in layers.Index())
        {
            image.files[$"{index}/layer.tar"] = layer;
        }

        var paths = string.Join(',', layers.Select((_, index) => $"\"{index}/layer.tar\""));
        image.Put("manifest.json", $$"""[{"Config":"{{image.Digest}}.json","RepoTags":["a:b"],"Layers":[{{paths}}]}]""");
        return image;
    }

    public static string Config(params byte[][] layers) => Config("{}", layers);

    public static string Config(string running, params byte[][] layers)
    {
        var contents = string.Join(',', layers.Select(layer => $"\"sha256:{Digest.Of(layer)}\""));
        return $$"""{"config":{{running}},"rootfs":{"type":"layers","diff_ids":[{{contents}}]} }""";
    }

    public static string Manifest(Digest config, IEnumerable<Digest> layers)
    {
        var described = string.Join(',', layers.Select(layer => Descriptor(LayerType, layer)));
        return $$"""
            {"schemaVersion":2,"config":{{Descriptor("application/vnd.oci.image.config.v1+json", config)}},"layers":[{{described}}]}
            """;
    }

    public static string Descriptor(string type, Digest digest, string more = "") =>
        $$$"""{"mediaType":"{{{type}}}","digest":"{{{Digests.Format(digest)}}}","size":1{{{more}}}}""";

    /// <summary>Adds a blob.</summary>
    public Digest Blob(byte[] bytes)
    {
        files[$"blobs/sha256/{Digest.Of(bytes)}"] = bytes;
        return Digest.Of(bytes);
    }

    /// <summary>Adds a blob of text.</summary>
    public Digest Blob(string text) => Blob(Encoding.UTF8.GetBytes(text));

    /// <summary>Makes the image that of this manifest or index.</summary>
    public TestImage Choose(Digest image)
    {
        Digest = image;
        return this;
    }

    public void Put(string path, string text) => files[path] = Encoding.UTF8.GetBytes(text);

    /// <summary>The bytes of it as one tar.</summary>
    public byte[] Bytes() => TestLayer.Of([.. files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file =>
        TestLayer.Entry(new Tar.TarEntry(file.Key, Tar.TarKind.File, file.Value.Length, "", 0x1a4, 0, 0, 0), file.Value))]);

    /// <summary>Writes it as one tar, and opens it.</summary>
    public ImageArchive Open(TemporaryFolder folder)
    {
        File.WriteAllBytes(folder.File("image.tar"), Bytes());
        return ImageArchive.Open(folder.File("image.tar"));
    }

    /// <summary>Writes it as a folder.</summary>
    public string Save(string folder)
    {
        foreach (var (path, bytes) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllBytes(Path.Combine(folder, path), bytes);
        }

        return folder;
    }

    private void Index(params string[] manifests) =>
        Put("index.json", $$"""{"schemaVersion":2,"manifests":[{{string.Join(',', manifests)}}]}""");
}
