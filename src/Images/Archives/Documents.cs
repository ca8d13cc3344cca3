using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Provision.Images.Files;
using Provision.Machine.Images;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Images.Archives;

/// <summary>Reads the JSON documents of an archive, bounded, and what they say in common.</summary>
internal static class Documents
{
    /// <summary>The largest document, in bytes; that of other programs too.</summary>
    public const int SizeMax = 4 << 20;

    private const string Remedy = "Make or fetch the image again.";

    /// <summary>The bytes of a file; null when it is not there.</summary>
    /// <exception cref="FaultException"><c>Invalid</c>: it is too large.</exception>
    public static byte[]? Bytes(IFolder folder, string path)
    {
        using var file = folder.Open(path);
        if (file is null)
        {
            return null;
        }

        if (file.Length > SizeMax)
        {
            throw Invalid($"{Printable.Of(path)} has {file.Length} bytes; at most {SizeMax} are read");
        }

        var bytes = new byte[file.Length];
        return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length
            ? bytes
            : throw new FaultException(FaultCode.Unavailable, $"{Printable.Of(path)} became shorter while it was read", "Try again.");
    }

    /// <summary>Parses a document.</summary>
    public static T Parse<T>(byte[] bytes, string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw Invalid($"{Printable.Of(path)} is null");
        }
        catch (JsonException e)
        {
            var what = $"{Printable.Of(path)} is not valid: {Printable.Of(e.Message)}";
            throw new FaultException(new Fault(FaultCode.Invalid, what, Remedy), e);
        }
    }

    /// <summary>An image from its config and the files of its layers.</summary>
    public static StoredImage Image(OciImage image, IReadOnlyList<(string Path, Digest? Blob)> layers)
    {
        // One digest is one image, whatever form it comes in: a manifest must not pass for the config of an image without layers.
        if (image is not { SchemaVersion: null, Rootfs: { Type: "layers", DiffIds: { } contents } })
        {
            throw Invalid("The config of the image is none: it names no layers by rootfs.type and rootfs.diff_ids");
        }

        if (contents.Count != layers.Count)
        {
            throw Invalid($"The image has {layers.Count} layers, and its config the digests of {contents.Count}");
        }

        var running = image.Config;
        var config = Checked(new ImageConfig
        {
            Entrypoint = Texts(running?.Entrypoint, "Entrypoint"),
            Command = Texts(running?.Command, "Cmd"),
            Environment = Texts(running?.Environment, "Env"),
            WorkingFolder = running?.WorkingFolder ?? "",
            User = running?.User ?? "",
        });
        var platform = image is { Os: { Length: > 0 } os, Architecture: { Length: > 0 } architecture } ? $"{os}/{architecture}" : null;
        return new StoredImage(
            config,
            platform,
            [.. layers.Zip(contents, (layer, content) => new StoredLayer(layer.Path, layer.Blob, DigestOf(content)))]);
    }

    /// <summary>The config, if a program can be started with it.</summary>
    public static ImageConfig Checked(ImageConfig config)
    {
        string[] texts = [.. config.Entrypoint, .. config.Command, .. config.Environment, config.WorkingFolder, config.User];
        if (texts.FirstOrDefault(text => text.Contains('\0', StringComparison.Ordinal)) is { } cut)
        {
            throw Invalid($"The config of the image has \"{Printable.Of(cut)}\", in which a zero would end the text for the kernel");
        }

        return config.Environment.FirstOrDefault(entry => entry.IndexOf('=', StringComparison.Ordinal) < 1) is not { } bad
            ? config
            : throw Invalid($"The config of the image has \"{Printable.Of(bad)}\" in Env, which is no NAME=VALUE");
    }

    /// <summary>A digest of a document.</summary>
    public static Digest DigestOf(string? text) => Digests.TryParse(text, out var digest)
        ? digest
        : throw Invalid($"The image names a digest \"{Printable.Of(text ?? "null")}\", which is not sha256 and 64 hexadecimal digits");

    /// <summary>The fault of an archive that has other images.</summary>
    public static FaultException NotFound(Digest image, IReadOnlyList<Digest> others) => new(
        FaultCode.NotFound,
        $"There is no image {image} here",
        others.Count == 0 ? "There is none." : $"There is {others[0]}{(others.Count > 1 ? $" and {others.Count - 1} more" : "")}.");

    /// <summary>The fault of a document that says what it should not.</summary>
    public static FaultException Invalid(string what) => new(FaultCode.Invalid, what, Remedy);

    private static string[] Texts(IReadOnlyList<string?>? texts, string key) =>
        [.. (texts ?? []).Select(text => text ?? throw Invalid($"The config of the image has a null in {key}"))];
}
