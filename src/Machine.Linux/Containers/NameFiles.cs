using System.Net;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Networks;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// What programs read to find names and addresses, for a member of a network: resolv.conf(5), hosts(5), hostname(5) in the <c>/etc</c> of
/// its root, new at each start. The root is a stranger's: what has such a name there is replaced, a link is never followed.
/// </summary>
internal static class NameFiles
{
    private const string Folder = "etc";
    private const int FolderMode = 0x1ed; // 0755
    private const int FileMode = 0x1a4; // 0644
    private const string Remedy = "Look at the pool and its disk; the root may be full.";

    /// <summary>Writes them. A folder of such a name stays: who made it does without.</summary>
    /// <param name="root">The root as the pool has it; the container does not run.</param>
    /// <param name="name">What the container is called.</param>
    /// <param name="member">Its place in its network.</param>
    public static void Write(SafeFileHandle root, string name, Membership member)
    {
        if (Beneath.CreateFolder(root, Folder) is null && Beneath.SetMode(root, Folder, FolderMode) is { } error)
        {
            throw error.Unavailable($"/{Folder} of the root cannot be made", Remedy);
        }

        var failed = Beneath.OpenFolder(root, Folder, follow: true, out var opened); // A link below the root leads to what it sees itself.
        using var folder = opened;
        if (failed is not null)
        {
            return; // A file, or a link to nowhere: who made it does without.
        }

        Replace(folder, "resolv.conf", $"nameserver {NameServer.Address}\n");
        Replace(folder, "hosts", ToHosts(name, member.Addresses));
        Replace(folder, "hostname", name + "\n");
    }

    private static string ToHosts(string name, IEnumerable<IPAddress> addresses) =>
        "127.0.0.1 localhost\n::1 localhost\n" + string.Concat(addresses.Select(address => $"{address} {name}\n"));

    private static void Replace(SafeFileHandle folder, string name, string text)
    {
        if (Beneath.Remove(folder, name) == Errno.IsFolder)
        {
            return;
        }

        var error = Beneath.CreateFile(folder, name, out var created);
        using var file = created;
        error ??= Beneath.Write(file, Encoding.UTF8.GetBytes(text)) ?? Beneath.SetMode(folder, name, FileMode);
        if (error is not null)
        {
            throw error.Value.Unavailable($"/{Folder}/{name} of the root cannot be written", Remedy);
        }
    }
}
