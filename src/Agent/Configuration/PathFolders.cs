namespace Provision.Agent.Configuration;

/// <summary>The folders that decide what a path leads to.</summary>
internal static class PathFolders
{
    // As the kernel follows them (path_resolution(7)).
    private const int LinksMax = 40;

    /// <summary>
    /// Every folder on the way to what this full path leads to, from the root on, those behind symbolic links included. Each is free of
    /// links.
    /// </summary>
    /// <exception cref="IOException">A folder cannot be looked into.</exception>
    public static IEnumerable<string> To(string path)
    {
        var parts = new Stack<string>(path.Split('/').Reverse());
        var (folder, links) = ("/", 0);
        yield return folder;
        while (parts.TryPop(out var part))
        {
            var next = Path.GetFullPath(part, folder);
            if (new FileInfo(next).LinkTarget is { } target && links++ < LinksMax)
            {
                folder = target.StartsWith('/') ? "/" : folder;
                target.Split('/').Reverse().ToList().ForEach(parts.Push);
            }
            else if (parts.Count > 0 && next != folder)
            {
                yield return folder = next;
            }
        }
    }
}
