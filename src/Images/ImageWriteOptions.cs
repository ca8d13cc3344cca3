namespace Provision.Images;

/// <summary>What can be chosen about the file that <see cref="ImageWriter"/> makes.</summary>
public sealed record ImageWriteOptions
{
    /// <summary>The moment that all files and the config bear, to the second; not before 1970.</summary>
    public DateTimeOffset Created { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Whether a file that is there is replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Is told now and then how many bytes of files were read so far.</summary>
    public Action<long>? Progress { get; init; }
}
