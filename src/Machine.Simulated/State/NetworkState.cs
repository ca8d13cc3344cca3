using System.Text.Json;
using Provision.Machine.Simulated.Networks;
using Provision.Reservations;

namespace Provision.Machine.Simulated.State;

/// <summary>A network. What somebody took away from it is not kept: read in the same boot it is whole.</summary>
internal sealed record NetworkState(string Id, IReadOnlyList<HolderState> Holders, IReadOnlyList<MemberState> Members)
{
    public static NetworkState Of(SimulatedNetwork network) => new(
        network.Id.ToString(),
        [.. network.NewestFirst.Select(HolderState.Of)],
        [.. network.Show().Members.Select(MemberState.Of)]);

    public void Restore(SimulatedNetworks networks)
    {
        var network = new SimulatedNetwork(ParseId(Id));
        foreach (var holder in Holders.Select(holder => holder.ToOrder(network.Id)))
        {
            network.Holders[holder.Holder] = holder;
        }

        foreach (var member in Members.Select(member => member.ToOrder(network.Id)))
        {
            network.Members[member.Owner] = new SimulatedMember(member);
        }

        if (network.Holders.Count == 0)
        {
            throw new JsonException($"nobody holds network {Id}");
        }

        network.Make();
        networks.Restore(network);
    }

    /// <summary>Reads the id of a network.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static NetworkId ParseId(string text) => NetworkId.TryParse(text, out var id)
        ? id
        : throw new JsonException($"{text} is no id of a network");
}
