using System.Globalization;
using System.Text;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Networks.Netlink;
using Provision.Machine.Linux.Processes;
using Provision.Reservations;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// Keeps tables of rules as they were made: each is replaced in one transaction, so there is no moment without. What the kernel said of a
/// table right after that lies in memory until the next boot, and whether somebody has changed it since is seen without starting a program.
/// </summary>
internal sealed class Rules(NetworkPlaces places, Commands commands)
{
    /// <summary>Has the table as the text says. True when there was another one, or none, where ours had been.</summary>
    /// <param name="name">Stands for the namespace.</param>
    /// <param name="table">The name of the table.</param>
    /// <param name="text">The table in the words of nft(8).</param>
    /// <param name="space">The namespace; null: the machine's own.</param>
    public async ValueTask<bool> EnsureAsync(string name, string table, string text, NetworkNamespace? space)
    {
        using var socket = space?.OpenSocket(NetlinkSocket.Filtering) ?? new NetlinkSocket(NetlinkSocket.Filtering);
        var wanted = Digest.Of(Encoding.UTF8.GetBytes(text)).ToString();
        var known = Read(name);
        var generation = socket.ReadGeneration();
        if (known is not null && known.Text == wanted)
        {
            if (known.Generation == generation)
            {
                return false;
            }

            if (known.Fingerprint == socket.Fingerprint(table))
            {
                Write(name, known with { Generation = generation });
                return false;
            }
        }

        await RunAsync(text, space);
        generation = socket.ReadGeneration();
        Write(name, new Known(wanted, generation, socket.Fingerprint(table)));
        return known is not null && known.Text == wanted;
    }

    /// <summary>Takes the machine's table away. None: nothing to do, and no program is needed for it.</summary>
    public async ValueTask RemoveAsync(string name, string table)
    {
        if (HasTable(table))
        {
            await RunAsync(RuleTexts.Without(table), null);
        }

        Forget(name);
    }

    /// <summary>A new namespace has none of them.</summary>
    public void Forget(string name)
    {
        if (File.Exists(PathOf(name)))
        {
            File.Delete(PathOf(name));
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        if (Directory.Exists(places.Rules))
        {
            Directory.Delete(places.Rules, recursive: true);
        }
    }

    private async ValueTask RunAsync(string text, NetworkNamespace? space)
    {
        // What a thread begins in the namespace of strangers stays there: nothing but the program is begun in it.
        await commands.RunAsync(
            Programs.Nft, ["-f", "-"], text, start => space is null ? start() : space.Run(start), CancellationToken.None);
    }

    private static bool HasTable(string table)
    {
        using var socket = new NetlinkSocket(NetlinkSocket.Filtering);
        return socket.HasTable(table);
    }

    private Known? Read(string name)
    {
        if (!File.Exists(PathOf(name)))
        {
            return null;
        }

        return File.ReadAllText(PathOf(name)).Split(' ') is [var text, var generation, var fingerprint]
            && int.TryParse(generation, CultureInfo.InvariantCulture, out var number)
                ? new Known(text, number, fingerprint)
                : null;
    }

    private void Write(string name, Known known)
    {
        Folders.Ensure(places.Rules);
        var text = string.Create(CultureInfo.InvariantCulture, $"{known.Text} {known.Generation} {known.Fingerprint}");
        File.WriteAllText(PathOf(name) + ".new", text);
        File.Move(PathOf(name) + ".new", PathOf(name), overwrite: true);
    }

    private string PathOf(string name) => Path.Combine(places.Rules, name);

    /// <summary>What was when we made a table.</summary>
    /// <param name="Text">The digest of its text.</param>
    /// <param name="Generation">The generation of all rules.</param>
    /// <param name="Fingerprint">The table's fingerprint.</param>
    private sealed record Known(string Text, int Generation, string Fingerprint);
}
