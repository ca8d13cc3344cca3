namespace Provision.Images.Archives;

/// <summary>Names of formats (OCI image-spec, media-types.md; docker image manifest version 2, schema 2).</summary>
internal static class MediaTypes
{
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    public const string Index = "application/vnd.oci.image.index.v1+json";
    public const string Config = "application/vnd.oci.image.config.v1+json";
    public const string GzipLayer = "application/vnd.oci.image.layer.v1.tar+gzip";

    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>Those of an image or an index of some.</summary>
    public static readonly IReadOnlySet<string> Images = new HashSet<string> { Manifest, Index, DockerManifest, DockerIndex };

    /// <summary>Those of a config; anything else is an artifact that is no image.</summary>
    public static readonly IReadOnlySet<string> Configs = new HashSet<string> { Config, "application/vnd.docker.container.image.v1+json" };

    /// <summary>Those of a layer. What it is compressed with, its first bytes say too, and more reliably.</summary>
    public static readonly IReadOnlySet<string> Layers = new HashSet<string>
    {
        GzipLayer,
        "application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.v1.tar+zstd",
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
        "application/vnd.docker.image.rootfs.diff.tar",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.diff.tar.zstd",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    };
}
