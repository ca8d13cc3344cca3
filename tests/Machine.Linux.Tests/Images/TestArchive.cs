using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Text;
using Provision.Images;
using Provision.Machine.Conformance.Images;
using Provision.Machine.Images;
using Provision.Reservations;

namespace Provision.Machine.Linux.Tests.Images;

/// <summary>Archives of images: honest ones as our own writer makes them, and hostile ones of any layers.</summary>
internal static class TestArchive
{
    /// <summary>An honest one at <c>FOLDER/NAME.tar</c>; returns how it is ordered.</summary>
    public static ImageReference Put(string folder, TestImage image)
    {
        var entries = image.Files.Select(file => ImageEntry.File(file.Key, file.Value.Content, file.Value.Executable ? 0x1ed : 0x1a4))
            .Concat(image.Links.Select(link => ImageEntry.SymbolicLink(link.Key, link.Value)));
        var path = Path.Combine(folder, image.Name + ".tar");
        return new ImageReference(
            "local", image.Name, ImageWriter.Write(entries, image.Config, path, new ImageWriteOptions { Overwrite = true }));
    }

    /// <summary>An honest one of a file that no compression makes smaller.</summary>
    public static ImageReference Put(string folder, string name, int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        return Put(
            folder,
            new TestImage(name) { Files = new Dictionary<string, TestFile> { ["file"] = new(content), ["name"] = TestFile.Of(name) } });
    }

    /// <summary>A layout at <c>FOLDER/NAME</c> with layers of these entries, whatever they are.</summary>
    public static ImageReference Put(string folder, string name, params IReadOnlyList<TarEntry>[] layers)
    {
        var layout = Path.Combine(folder, name);
        var blobs = Directory.CreateDirectory(Path.Combine(layout, "blobs", "sha256")).FullName;
        var tars = layers.Select(Tar).ToList();
        foreach (var tar in tars)
        {
            File.WriteAllBytes(Path.Combine(blobs, Digest.Of(tar).ToString()), tar);
        }

        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        var diffs = string.Join(',', tars.Select(tar => $"\"sha256:{Digest.Of(tar)}\""));
        var (config, configSize) = Blob(
            $$"""{"architecture":"{{architecture}}","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[{{diffs}}] } }""");
        var descriptors = string.Join(',', tars.Select(tar =>
            $$"""{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:{{Digest.Of(tar)}}","size":{{tar.Length}}}"""));
        var (manifest, size) = Blob(
            $$"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{
            "mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:{{config}}","size":{{configSize}}},
            "layers":[{{descriptors}}]}
            """);
        File.WriteAllText(
            Path.Combine(layout, "index.json"),
            $$"""
            {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",
            "digest":"sha256:{{manifest}}","size":{{size}}}]}
            """);
        File.WriteAllText(Path.Combine(layout, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        return new ImageReference("local", name, manifest);

        (Digest Digest, int Size) Blob(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            File.WriteAllBytes(Path.Combine(blobs, Digest.Of(bytes).ToString()), bytes);
            return (Digest.Of(bytes), bytes.Length);
        }
    }

    public static TarEntry Folder(string name) => new PaxTarEntry(TarEntryType.Directory, name) { Mode = (UnixFileMode)0x1ed };

    public static TarEntry Content(string name, string content) => new PaxTarEntry(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
        Mode = (UnixFileMode)0x1a4,
    };

    public static TarEntry Link(string name, string target) => new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target };

    public static TarEntry HardLink(string name, string target) => new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = target };

    private static byte[] Tar(IReadOnlyList<TarEntry> entries)
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes))
        {
            foreach (var entry in entries)
            {
                writer.WriteEntry(entry);
            }
        }

        return bytes.ToArray();
    }
}
