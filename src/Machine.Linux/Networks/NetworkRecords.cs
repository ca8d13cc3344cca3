using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Networks;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// The records of networks: <c>ID/holders/DIGEST.json</c> and <c>ID/members/DIGEST.json</c>. They are written before what they tell of is
/// made and removed after it is gone, so that nothing is ever left that no record tells of.
/// </summary>
internal sealed class NetworkRecords(NetworkPlaces places)
{
    private const string Holders = "holders";
    private const string Members = "members";
    private const string Suffix = ".json";

    /// <summary>All networks of which there is a folder, by id.</summary>
    public IReadOnlyList<NetworkId> Ids() => !Directory.Exists(places.Networks) ? [] :
    [
        .. Directory.EnumerateDirectories(places.Networks).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)
            .Select(name => NetworkId.TryParse(name, out var id) ? id : (NetworkId?)null).OfType<NetworkId>(),
    ];

    /// <summary>The network; one of which there is no record is gone.</summary>
    /// <param name="id">Which.</param>
    /// <param name="unread">Where members whose records cannot be read are told of, and left out; null: they fail all of it.</param>
    /// <exception cref="FaultException"><c>Unavailable</c>: a record cannot be read.</exception>
    public NetworkState Read(NetworkId id, ICollection<Fault>? unread = null) => new(
        id,
        NetworkState.Sort(List(id, Holders)
            .Select(holder => Read(id, Holders, holder, NetworkRecordJson.Default.HolderRecord, record => ToOrder(id, holder, record)))),
        [.. List(id, Members).Select(owner => ReadMember(id, owner, unread)).OfType<MemberOrder>()]);

    /// <summary>Returns when a power failure would not take it back.</summary>
    public void Write(NetworkOrder order) => Write(
        order.Network,
        Holders,
        order.Holder,
        new HolderRecord(order.Version, order.Subnet.ToString(), order.Gateway.ToString(), order.Gateway6.ToString()),
        NetworkRecordJson.Default.HolderRecord);

    /// <inheritdoc cref="Write(NetworkOrder)"/>
    public void Write(MemberOrder order) => Write(
        order.Network,
        Members,
        order.Owner,
        new MemberRecord([.. order.Addresses.Select(address => address.ToString())]),
        NetworkRecordJson.Default.MemberRecord);

    /// <summary>True when the owner is a member of the network.</summary>
    public bool HasMember(NetworkId id, Digest owner) => File.Exists(PathOf(id, Members, owner));

    /// <summary>Removes the record of a holder. None: nothing to do.</summary>
    public void RemoveHolder(NetworkId id, Digest holder) => Remove(id, Holders, holder);

    /// <summary>Removes the record of a member. None: nothing to do.</summary>
    public void RemoveMember(NetworkId id, Digest owner) => Remove(id, Members, owner);

    /// <summary>Removes the folder of a network that is gone. None: nothing to do.</summary>
    public void Remove(NetworkId id)
    {
        if (Directory.Exists(places.FolderOf(id)))
        {
            Directory.Delete(places.FolderOf(id), recursive: true);
            Folders.Flush(places.Networks);
        }
    }

    private MemberOrder? ReadMember(NetworkId id, Digest owner, ICollection<Fault>? unread)
    {
        try
        {
            return Read(
                id,
                Members,
                owner,
                NetworkRecordJson.Default.MemberRecord,
                record => new MemberOrder(owner, id, [.. record.Addresses.Select(IPAddress.Parse)]));
        }
        catch (FaultException e) when (unread is not null)
        {
            unread.Add(e.Fault);
            return null;
        }
    }

    private static NetworkOrder ToOrder(NetworkId id, Digest holder, HolderRecord record) => new()
    {
        Network = id,
        Holder = holder,
        Version = record.Version,
        Subnet = IPNetwork.Parse(record.Subnet),
        Gateway = IPAddress.Parse(record.Gateway),
        Gateway6 = IPAddress.Parse(record.Gateway6),
    };

    private IEnumerable<Digest> List(NetworkId id, string kind) => !Directory.Exists(FolderOf(id, kind)) ? [] :
        Directory.EnumerateFiles(FolderOf(id, kind), "*" + Suffix).Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal).Select(name => Digest.TryParse(name, out var owner) ? owner : (Digest?)null).OfType<Digest>();

    private TOrder Read<T, TOrder>(NetworkId id, string kind, Digest owner, JsonTypeInfo<T> type, Func<T, TOrder> convert)
    {
        var path = PathOf(id, kind, owner);
        try
        {
            return convert(JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new JsonException("null"));
        }
        catch (Exception e) when (e is JsonException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Unavailable,
                    $"The record {path} cannot be read: {e.Message}",
                    "Look at the disk; then remove the record and start the daemon again, which writes it anew."),
                e);
        }
    }

    private void Write<T>(NetworkId id, string kind, Digest owner, T record, JsonTypeInfo<T> type)
    {
        if (!Directory.Exists(FolderOf(id, kind)))
        {
            foreach (var folder in new[] { places.Networks, places.FolderOf(id), FolderOf(id, kind) })
            {
                Folders.Ensure(folder);
                Folders.Flush(Path.GetDirectoryName(folder)!);
            }
        }

        Folders.Replace(PathOf(id, kind, owner), JsonSerializer.SerializeToUtf8Bytes(record, type));
    }

    private void Remove(NetworkId id, string kind, Digest owner)
    {
        if (File.Exists(PathOf(id, kind, owner)))
        {
            File.Delete(PathOf(id, kind, owner));
            Folders.Flush(FolderOf(id, kind));
        }
    }

    private string FolderOf(NetworkId id, string kind) => Path.Combine(places.FolderOf(id), kind);

    private string PathOf(NetworkId id, string kind, Digest owner) => Path.Combine(FolderOf(id, kind), owner + Suffix);
}
