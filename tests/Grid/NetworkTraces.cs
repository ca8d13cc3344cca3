using System.Globalization;
using System.Net.NetworkInformation;

namespace Provision.Grid;

/// <summary>
/// What the machine has of the private networks of one node: names of namespaces, a link, a table of rules, notes in memory.
/// </summary>
/// <param name="tag">What the names carry.</param>
/// <param name="folder">The node's folder.</param>
public sealed class NetworkTraces(string tag, string folder)
{
    private const string Names = "/run/netns";
    private const string Notes = "/run/provision";
    private const string Filter = "/usr/sbin/nft";
    private const string Forwarding = "/proc/sys/net/ipv4/ip_forward";
    private const string WasOff = "forwarding-was-off";

    /// <summary>The machine's link to its networks.</summary>
    public string HostLink => $"pv{tag}";

    /// <summary>The name of the router's namespace; those of all others begin with it and a dash.</summary>
    public string Router => $"provision-{tag}";

    /// <summary>The names of its namespaces.</summary>
    public IReadOnlyList<string> Namespaces => !Directory.Exists(Names) ? [] :
    [
        .. Directory.EnumerateFileSystemEntries(Names).Select(path => Path.GetFileName(path))
            .Where(name => name == Router || name.StartsWith(Router + "-", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Its links, as far as this process sees.</summary>
    public IReadOnlyList<string> Links =>
        [.. NetworkInterface.GetAllNetworkInterfaces().Select(link => link.Name).Where(name => name == HostLink)];

    /// <summary>Files and folders in memory: what its rules were, which addresses of the machine it has.</summary>
    public IReadOnlyList<string> Files => [.. Directory.Exists(Rules) ? (string[])[Rules] : [], .. Slots];

    private string Rules => Path.Combine(Notes, $"{tag}-rules");

    private string Table => $"provision_{tag}";

    private IReadOnlyList<string> Slots => !Directory.Exists(Path.Combine(Notes, "routers")) ? [] :
    [
        .. Directory.EnumerateFiles(Path.Combine(Notes, "routers"), "*", SearchOption.AllDirectories)
            .Where(slot => IsSlot(slot) && File.ReadAllText(slot).StartsWith(folder + "/", StringComparison.Ordinal)),
    ];

    /// <summary>Everything, in words.</summary>
    public async Task<IReadOnlyList<string>> ListAsync() =>
    [
        .. Namespaces.Select(name => $"namespace {name}"),
        .. Links.Select(link => $"link {link}"),
        .. (await TablesAsync()).Select(table => $"table {table}"),
        .. Files,
    ];

    /// <summary>Takes everything away that a loss of power would take. Nothing of the node runs.</summary>
    /// <exception cref="TimeoutException">Something does not go.</exception>
    public async Task RemoveAsync()
    {
        await Until.TrueAsync("links that go", () => AllAsync(Links, "ip", "link", "delete"));
        await Until.TrueAsync("namespaces that go", () => AllAsync(Namespaces, "ip", "netns", "delete"));
        await Until.TrueAsync("tables that go", async () => await AllAsync(await TablesAsync(), "nft", "delete", "table", "inet"));
        if (Directory.Exists(Rules))
        {
            Directory.Delete(Rules, recursive: true);
        }

        foreach (var slot in Slots)
        {
            File.Delete(slot);
            ForgetMachine(Path.GetDirectoryName(slot)!);
        }
    }

    /// <summary>Its tables of rules, as far as this process sees. Only root can have any.</summary>
    private async Task<IReadOnlyList<string>> TablesAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists(Filter))
        {
            return [];
        }

        var run = await CommandRun.RunAsync(Filter, ["list", "tables", "inet"]);
        return run.ExitCode == 0
            ? [.. run.Output.Split('\n').Where(line => line == $"table inet {Table}").Select(_ => Table)]
            : throw new InvalidOperationException($"The tables of rules cannot be listed: {run}");
    }

    // A boot forgets that the machine was made to forward packets. The last one turns that off, others are not disturbed.
    private static void ForgetMachine(string slots)
    {
        if (!Directory.EnumerateFiles(slots).Any(IsSlot))
        {
            if (File.Exists(Path.Combine(slots, WasOff)))
            {
                File.WriteAllText(Forwarding, "0");
            }

            Directory.Delete(slots, recursive: true);
        }
    }

    private static bool IsSlot(string file) =>
        int.TryParse(Path.GetFileName(file), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static async Task<bool> AllAsync(IReadOnlyList<string> things, params string[] command)
    {
        foreach (var thing in things)
        {
            await CommandRun.RunAsync(command[0], [.. command[1..], thing]);
        }

        return things.Count == 0;
    }
}
