using System.Text;
using Provision.Reservations.Faults;

namespace Provision.Images.Tests;

/// <summary>A tree of files in memory, as one line for each path. Links in the middle of a path are not followed.</summary>
internal sealed class MemoryTree : IFileTree
{
    private readonly SortedDictionary<string, Node> nodes = new(StringComparer.Ordinal);

    /// <summary>What is there: <c>PATH KIND MODE UID:GID CONTENT</c>; of a file with other names all names have it.</summary>
    public IReadOnlyList<string> Lines => [.. nodes.Select(node => $"{node.Key} {node.Value}")];

    /// <summary>The paths.</summary>
    public IEnumerable<string> Paths => nodes.Keys;

    /// <summary>The content of a file.</summary>
    public string Text(string path) => Encoding.UTF8.GetString(nodes[path].Content!);

    /// <summary>What the image says of a path.</summary>
    public FileAttributes Attributes(string path) => nodes[path].Attributes;

    public void AddFolder(string path, FileAttributes attributes)
    {
        if (path.Length > 0 && (!nodes.TryGetValue(path, out var there) || there.Kind != 'd'))
        {
            Put(path, new Node('d', attributes, null, ""));
        }
        else if (path.Length > 0)
        {
            nodes[path] = new Node('d', attributes, null, "");
        }
    }

    public void AddFile(string path, Stream content, long size, FileAttributes attributes)
    {
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        Invariant.Require(bytes.Length == size, "a file is as long as was said");
        Put(path, new Node('f', attributes, bytes.ToArray(), ""));
    }

    public void AddSymbolicLink(string path, string target, FileAttributes attributes) =>
        Put(path, new Node('l', attributes, null, target));

    public void AddHardLink(string path, string target) => Put(
        path,
        nodes.GetValueOrDefault(target) is { Kind: 'f' } file
            ? file
            : throw new FaultException(FaultCode.Invalid, $"There is no file {target} to link to"));

    public void Remove(string path)
    {
        foreach (var name in nodes.Keys.Where(name => name == path || name.StartsWith($"{path}/", StringComparison.Ordinal)).ToList())
        {
            nodes.Remove(name);
        }
    }

    public IReadOnlyList<string> List(string folder)
    {
        var prefix = folder.Length == 0 ? "" : $"{folder}/";
        return [.. nodes.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => name[prefix.Length..].Split('/')[0])
            .Distinct()];
    }

    private void Put(string path, Node node)
    {
        for (var end = path.IndexOf('/'); end >= 0; end = path.IndexOf('/', end + 1))
        {
            var folder = path[..end];
            if (nodes.TryGetValue(folder, out var there) && there.Kind != 'd')
            {
                nodes.Remove(folder);
            }

            nodes.TryAdd(folder, new Node('d', new FileAttributes(0x1ed, 0, 0, DateTimeOffset.UnixEpoch), null, ""));
        }

        Remove(path);
        nodes[path] = node;
    }

    private sealed record Node(char Kind, FileAttributes Attributes, byte[]? Content, string Target)
    {
        public override string ToString() =>
            $"{Kind} {Convert.ToString(Attributes.Mode, 8)} {Attributes.Uid}:{Attributes.Gid} {Target}{Text}";

        private string Text => Encoding.UTF8.GetString(Content ?? []);
    }
}
