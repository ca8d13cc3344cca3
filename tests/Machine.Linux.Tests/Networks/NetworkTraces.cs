using System.Net.NetworkInformation;
using Provision.Machine.Linux.Networks;
using Xunit;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>What the networks of an instance are on the machine, in the words of ip(8) and nft(8).</summary>
internal static class NetworkTraces
{
    private static readonly bool Alone = NetworkInterface.GetAllNetworkInterfaces().All(link => link.Name == "lo");

    /// <summary>Tests of networks change the machine's own: they run where there was none before the first of them.</summary>
    public static void NeedsOwnMachine()
    {
        Tool.NeedsRoot();
        Assert.SkipUnless(Alone, "needs a network of its own: use ./test");
    }

    /// <summary>All that a machine has of networks: names of links, addresses, routes, rules, names, settings.</summary>
    public static string All() => string.Join('\n',
    [
        .. Tool.Run("ip", "-o", "link").Split('\n').Select(line => line.Split(' ')[1]),
        Tool.Run("ip", "-4", "-o", "address"), Tool.Run("ip", "route"), Tool.Run("nft", "list", "ruleset"),
        .. NamespaceFolder.List("provision-"), File.ReadAllText("/proc/sys/net/ipv4/ip_forward"),
        .. Directory.Exists("/run/provision") ? Directory.EnumerateFileSystemEntries("/run/provision", "*-rules") : [],
    ]);

    /// <summary>As a boot does: nothing of an instance is left but its records.</summary>
    public static void Forget(string root)
    {
        var places = new NetworkPlaces(root);
        foreach (var name in NamespaceFolder.List(places.Prefix).Append(places.Router))
        {
            NamespaceFolder.Remove(name);
        }

        Tool.Try("ip", "link", "delete", places.HostLink);
        Tool.Try("nft", "delete", "table", "inet", places.HostTable);
        if (Directory.Exists(places.Rules))
        {
            Directory.Delete(places.Rules, recursive: true);
        }
    }
}
