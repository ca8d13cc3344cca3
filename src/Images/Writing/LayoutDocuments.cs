using System.Text.Json;
using Provision.Images.Archives;
using Provision.Images.Files;
using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Wire;

namespace Provision.Images.Writing;

/// <summary>The documents of an image with one layer (OCI image-spec: config.md, manifest.md, image-index.md, image-layout.md).</summary>
internal static class LayoutDocuments
{
    /// <summary>The config.</summary>
    public static byte[] Config(ImageConfig config, DateTimeOffset created, Digest content) => Build(writer =>
    {
        writer.WriteString("created", Rfc3339.Format(created));
        writer.WriteString("architecture", Platform.Architecture);
        writer.WriteString("os", Platform.Os);
        writer.WriteStartObject("config");
        WriteTexts(writer, "Entrypoint", config.Entrypoint);
        WriteTexts(writer, "Cmd", config.Command);
        WriteTexts(writer, "Env", config.Environment);
        WriteText(writer, "WorkingDir", config.WorkingFolder);
        WriteText(writer, "User", config.User);
        writer.WriteEndObject();
        writer.WriteStartObject("rootfs");
        writer.WriteString("type", "layers");
        WriteTexts(writer, "diff_ids", [Digests.Format(content)]);
        writer.WriteEndObject();
    });

    /// <summary>The manifest.</summary>
    public static byte[] Manifest(byte[] config, Digest layer, long layerSize) => Build(writer =>
    {
        writer.WriteNumber("schemaVersion", 2);
        writer.WriteString("mediaType", MediaTypes.Manifest);
        writer.WritePropertyName("config");
        WriteDescriptor(writer, MediaTypes.Config, Digest.Of(config), config.Length);
        writer.WriteStartArray("layers");
        WriteDescriptor(writer, MediaTypes.GzipLayer, layer, layerSize);
        writer.WriteEndArray();
    });

    /// <summary>The index.</summary>
    public static byte[] Index(byte[] manifest) => Build(writer =>
    {
        writer.WriteNumber("schemaVersion", 2);
        writer.WriteString("mediaType", MediaTypes.Index);
        writer.WriteStartArray("manifests");
        WriteDescriptor(writer, MediaTypes.Manifest, Digest.Of(manifest), manifest.Length);
        writer.WriteEndArray();
    });

    /// <summary>The file that marks a layout.</summary>
    public static byte[] Mark() => Build(writer => writer.WriteString("imageLayoutVersion", "1.0.0"));

    private static byte[] Build(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void WriteDescriptor(Utf8JsonWriter writer, string mediaType, Digest digest, long size)
    {
        writer.WriteStartObject();
        writer.WriteString("mediaType", mediaType);
        writer.WriteString("digest", Digests.Format(digest));
        writer.WriteNumber("size", size);
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string key, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(key);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter writer, string key, string text)
    {
        if (text.Length > 0)
        {
            writer.WriteString(key, text);
        }
    }
}
