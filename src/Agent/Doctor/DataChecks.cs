using Provision.Agent.Hosting;
using Provision.Machine.Linux.Disk;
using Provision.Machine.Linux.Doctor;
using Provision.Provisioning.Journal;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.Agent.Doctor;

/// <summary>What a node keeps in its folder.</summary>
internal sealed class DataChecks(DataFolder data)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly ByteSize SpaceMin = new(64L << 20);
    private static readonly ByteSize SpaceLow = ByteSize.GiB(1);
    private static readonly Finding None = Finding.Ok("there is none yet: the first start makes it");

    public IReadOnlyList<Check> All =>
    [
        Check.Of("data-folder", "Nobody but the daemon reads what the node keeps.", LookAtFolder),
        Check.Of("key-permissions", "Who can read the node's key can speak for the node.", LookAtKey),
        Check.Of("data-space", "A journal that cannot grow takes no orders.", LookAtSpace),
        new Check("journal", "What the node remembers can be read, all of it.", LookAtJournalAsync),
    ];

    private Finding LookAtFolder()
    {
        if (!Directory.Exists(data.Path))
        {
            return Finding.Warning($"There is no node in {data.Path}", null, "Name its folder with --data, or start the daemon.");
        }

        var mode = File.GetUnixFileMode(data.Path);
        data.RequireOurs();
        data.RequireOwner();
        return mode == Private
            ? Finding.Ok($"{data.Path}, mode 0700")
            : Finding.Failed($"{data.Path} has mode {Convert.ToString((int)mode, 8)}", $"Run: chmod 0700 {data.Path}");
    }

    private Finding LookAtKey() =>
        File.Exists(data.Identity) ? Finding.Ok($"the key of node {new NodeId(SeedFile.Load(data.Identity).PublicKey)}") : None;

    private Finding LookAtSpace()
    {
        var free = FreeSpace.At(data.Path);
        const string remedy = "Free some space on that disk.";
        return free.Size < SpaceMin ? Finding.Failed($"{free}", remedy)
            : free.Size < SpaceLow ? Finding.Warning($"{free}", "The daemon goes on as long as there is some.", remedy)
            : Finding.Ok($"{free}");
    }

    private async ValueTask<Finding> LookAtJournalAsync(CancellationToken ct)
    {
        if (!Directory.Exists(data.Journal))
        {
            return None;
        }

        var contents = await JournalReader.ReadAsync(new ReadOnlyLinuxDisk(data.Journal), ct);
        return contents.Reports.Count == 0
            ? Finding.Ok($"{contents.Orders.Count} orders")
            : Finding.Warning(
                Plain.Of($"{contents.Reports.Count} reports; the first: {contents.Reports[0]}"),
                "Orders whose entries are lost are set aside; all others are carried out.",
                "Read them with 'provisiond journal', and look at the disk.");
    }
}
