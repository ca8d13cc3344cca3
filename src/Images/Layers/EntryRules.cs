using System.Text;
using Provision.Images.Files;
using Provision.Images.Tar;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Images.Layers;

/// <summary>What an entry of a stranger's layer may be (OCI image-spec, layer.md).</summary>
/// <param name="place">The layer, for faults: <c>Layer 2</c>.</param>
internal sealed class EntryRules(string place)
{
    /// <summary>What the kernel takes, without the zero at the end.</summary>
    public const int PathSizeMax = 4095;
    public const int PartSizeMax = 255;
    public const int PartsMax = 256;
    public const int IdMax = 65535;

    public const int ModeMask = 0xfff;
    private const string Mark = ".wh.";
    private const string OpaqueMark = ".wh..wh..opq";
    private const string AufsMark = ".wh..wh.";
    private const string Remedy = "Make the image without it.";
    private static readonly long SecondsMax = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Checks an entry.</summary>
    /// <exception cref="FaultException"><c>Invalid</c>, with the name of the entry.</exception>
    public LayerEntry Read(TarEntry entry)
    {
        var parts = Parts(entry.Name, entry.Name);
        var kind = KindOf(entry);
        if (parts.Count == 0 && kind != LayerEntryKind.Folder)
        {
            throw Refused(entry.Name, "has no name");
        }

        if (entry.Uid is < 0 or > IdMax || entry.Gid is < 0 or > IdMax)
        {
            throw Refused(entry.Name, $"belongs to {entry.Uid}:{entry.Gid}; owners and groups go from 0 to {IdMax}");
        }

        var attributes = new FileAttributes(
            (int)(entry.Mode & ModeMask),
            (int)entry.Uid,
            (int)entry.Gid,
            DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(entry.Modified, 0, SecondsMax)));
        var target = kind switch
        {
            LayerEntryKind.SymbolicLink => Target(entry),
            LayerEntryKind.HardLink when Parts(entry.Link, entry.Name) is [_, ..] other => string.Join('/', other),
            LayerEntryKind.HardLink => throw Refused(entry.Name, "is a link to nothing"),
            _ => "",
        };
        return Whiteout(parts, entry.Name) is var (special, path)
            ? new LayerEntry(special, path, "", 0, attributes)
            : new LayerEntry(kind, string.Join('/', parts), target, entry.Size, attributes);
    }

    /// <summary>The fault of an entry.</summary>
    public FaultException Refused(string name, string why) =>
        new(FaultCode.Invalid, $"{place}: {Printable.Of(name)} {why}", Remedy);

    private LayerEntryKind KindOf(TarEntry entry) => entry.Kind switch
    {
        // Before there were folders in tar, a slash at the end made one.
        TarKind.OldFile or TarKind.File or TarKind.ContiguousFile when entry.Name.EndsWith('/') =>
            entry.Size == 0 ? LayerEntryKind.Folder : throw Refused(entry.Name, "is a folder with content"),
        TarKind.OldFile or TarKind.File or TarKind.ContiguousFile => LayerEntryKind.File,
        TarKind.Folder => LayerEntryKind.Folder,
        TarKind.SymbolicLink => LayerEntryKind.SymbolicLink,
        TarKind.HardLink => LayerEntryKind.HardLink,
        TarKind.CharacterDevice or TarKind.BlockDevice => throw Refused(entry.Name, "is a device"),
        TarKind.Pipe => throw Refused(entry.Name, "is a named pipe"),
        _ => throw Refused(entry.Name, $"is of an unknown kind, '{Plain.Of(((char)entry.Kind).ToString())}'"),
    };

    private List<string> Parts(string path, string name)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw Refused(name, "has a zero in its name");
        }

        if (Encoding.UTF8.GetByteCount(path) > PathSizeMax)
        {
            throw Refused(name, $"has a name of more than {PathSizeMax} bytes");
        }

        var parts = path.Split('/').Where(part => part is not ("" or ".")).ToList();
        if (parts.Contains(".."))
        {
            throw Refused(name, "leads out of the image: it has a part ..");
        }

        if (parts.Count > PartsMax || parts.Any(part => Encoding.UTF8.GetByteCount(part) > PartSizeMax))
        {
            throw Refused(name, $"has more than {PartsMax} parts, or one of more than {PartSizeMax} bytes");
        }

        return parts;
    }

    private string Target(TarEntry entry) =>
        Encoding.UTF8.GetByteCount(entry.Link) is 0 or > PathSizeMax || entry.Link.Contains('\0', StringComparison.Ordinal)
            ? throw Refused(entry.Name, "is a link to nothing, or to a name that is too long or has a zero in it")
            : entry.Link;

    private (LayerEntryKind, string)? Whiteout(List<string> parts, string name)
    {
        if (parts.Count == 0 || !parts.Any(part => part.StartsWith(Mark, StringComparison.Ordinal)))
        {
            return null;
        }

        var folder = string.Join('/', parts[..^1]);
        if (parts[^1] == OpaqueMark && !parts[..^1].Any(part => part.StartsWith(Mark, StringComparison.Ordinal)))
        {
            return (LayerEntryKind.OpaqueWhiteout, folder);
        }

        if (parts.Any(part => part.StartsWith(AufsMark, StringComparison.Ordinal)))
        {
            return (LayerEntryKind.Nothing, "");
        }

        var hidden = parts[^1].StartsWith(Mark, StringComparison.Ordinal) ? parts[^1][Mark.Length..] : "";
        return hidden is "" or "." or ".." || parts[..^1].Any(part => part.StartsWith(Mark, StringComparison.Ordinal))
            ? throw Refused(name, "is a whiteout of nothing")
            : (LayerEntryKind.Whiteout, folder.Length == 0 ? hidden : $"{folder}/{hidden}");
    }
}
