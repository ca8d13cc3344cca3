using System.Net;
using Provision.Reservations;

namespace Provision.Machine.Networks;

/// <summary>A network as the machine has it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Subnet">Its IPv4 addresses, as its newest holder says.</param>
/// <param name="Gateway">Its gateway.</param>
/// <param name="Holders">The orders that hold it, newest first.</param>
/// <param name="Members">What is in it, by owner.</param>
public sealed record Network(
    NetworkId Id, IPNetwork Subnet, IPAddress Gateway, IReadOnlyList<Digest> Holders, IReadOnlyList<MemberOrder> Members);
