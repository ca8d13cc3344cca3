using System.Runtime.InteropServices;

namespace Provision.Images.Archives;

/// <summary>What this machine is, in the words of images: those of Go (OCI image-spec, image-index.md).</summary>
internal static class Platform
{
    public const string Os = "linux";

    /// <summary>The processor family.</summary>
    public static string Architecture { get; } = RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.X86 => "386",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>Both, as people write it.</summary>
    public static string Name => $"{Os}/{Architecture}";

    /// <summary>True when this machine runs it. A variant is a processor newer than the family; the oldest one always runs.</summary>
    public static bool Runs(OciPlatform? platform) =>
        platform is { Os: Os } && platform.Architecture == Architecture && platform.Variant is null or "" or "v1" or "v8";
}
