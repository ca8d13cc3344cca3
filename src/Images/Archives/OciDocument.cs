namespace Provision.Images.Archives;

/// <summary>What we read of an OCI manifest or index, or those of docker schema 2 (OCI image-spec, manifest.md, image-index.md).</summary>
internal sealed record OciDocument(
    string? MediaType, OciDescriptor? Config, IReadOnlyList<OciDescriptor?>? Layers, IReadOnlyList<OciDescriptor?>? Manifests);

/// <summary>What names a blob (descriptor.md).</summary>
internal sealed record OciDescriptor(string? MediaType, string? Digest, OciPlatform? Platform);

/// <summary>What a manifest of an index runs on.</summary>
internal sealed record OciPlatform(string? Architecture, string? Os, string? Variant);
