using Provision.Machine.Networks;
using Provision.Reservations;

namespace Provision.Machine.Simulated.State;

/// <summary>A container in a network.</summary>
internal sealed record MemberState(string Owner, IReadOnlyList<string> Addresses)
{
    public static MemberState Of(MemberOrder order) =>
        new(order.Owner.ToString(), [.. order.Addresses.Select(address => address.ToString())]);

    public MemberOrder ToOrder(NetworkId network) => new(DigestText.Parse(Owner), network, [.. Addresses.Select(AddressText.Parse)]);
}
