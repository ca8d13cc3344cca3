using Provision.Reservations;

namespace Provision.EndToEnd;

/// <summary>A container that serves a page.</summary>
/// <param name="Container">Its order.</param>
/// <param name="Page">What the page says.</param>
/// <param name="Ipv4">Its address.</param>
/// <param name="Ipv6">The one beside it.</param>
internal sealed record Server(Digest Container, string Page, string Ipv4, string Ipv6);
