using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Storage;

/// <summary>A pool as the operator wants it: on a loop file, or on devices of its own; one of the two.</summary>
/// <param name="Name">Unique on this machine: letters, digits and dashes, 1 to 64. It is part of the file system's label.</param>
/// <param name="Type">What lies beneath it.</param>
public sealed record PoolOptions(string Name, DiskType Type)
{
    /// <summary>The smallest loop file: below it, what btrfs needs for itself leaves next to nothing.</summary>
    public static ByteSize LoopFileSizeMin => new(256L << 20);

    /// <summary>The file that holds the pool, on a machine without a free disk.</summary>
    public LoopFile? LoopFile { get; init; }

    /// <summary>Paths of block devices that are the pool's alone. One holds the metadata twice; of several, two do.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>
    /// What unpacked images may take of the pool together; volumes cannot be promised it. Null: an eighth, and 32 MiB at least.
    /// </summary>
    public ByteSize? ImagesMax { get; init; }

    /// <summary>What btrfs-progs and a person see on the disk.</summary>
    internal string Label => $"provision-{Name}";

    /// <exception cref="FaultException"><c>Invalid</c>: lists everything that is wrong.</exception>
    internal void Check()
    {
        var problems = new List<Problem>();
        if (Name.Length is 0 or > 64 || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            problems.Add(new Problem("/name", $"is \"{Name}\"", "give 1 to 64 letters, digits and dashes"));
        }

        if (LoopFile is null == (Devices.Count == 0))
        {
            problems.Add(new Problem("", "must name a loop file or devices, and not both", "give one of the two"));
        }

        if (LoopFile is { } loop && (loop.Size < LoopFileSizeMin || !Path.IsPathFullyQualified(loop.Path)))
        {
            problems.Add(new Problem("/loop_file", $"is {loop.Path} of {loop.Size}", $"give a full path and at least {LoopFileSizeMin}"));
        }

        if (ImagesMax is { Bytes: <= 0 } max)
        {
            problems.Add(new Problem("/images_max", $"is {max}", "give more than nothing, or leave it out"));
        }

        if (problems.Count > 0)
        {
            throw new FaultException(
                Fault.Invalid($"The options of pool {Name} are not valid", problems, "Correct the configuration of this node."));
        }
    }
}
