using System.Net;

namespace Provision.Machine.Linux.Networks;

/// <summary>What a container needs to run as a member of its network.</summary>
/// <param name="Space">The namespace that was made for it.</param>
/// <param name="Addresses">Its addresses.</param>
internal sealed record Membership(NetworkNamespace Space, IReadOnlyList<IPAddress> Addresses) : IDisposable
{
    public void Dispose() => Space.Dispose();
}
