using Provision.Reservations;
using Provision.Reservations.Feed;
using Provision.Reservations.Registration;

namespace Provision.Provisioning.Sources;

/// <summary>
/// What a node needs of an explorer. An explorer may lie, repeat itself, or be away:
/// nothing it says is believed without a signature.
/// </summary>
public interface IExplorer
{
    /// <summary>
    /// The changes after <paramref name="after"/>, at once when there are any, else as soon as there is one, else an empty page after
    /// <paramref name="wait"/>. Reading changes nothing. <c>Unavailable</c>: try again later.
    /// </summary>
    Task<FeedPage> PollAsync(NodeId node, FeedCursor after, TimeSpan wait, CancellationToken ct);

    /// <summary>Hands over receipts in their order; the answer has one element for each. Handing over again does no harm.</summary>
    Task<IReadOnlyList<ReceiptAnswer>> SendAsync(NodeId node, IReadOnlyList<Receipt> receipts, CancellationToken ct);

    /// <summary>Makes the node known; repeating it does no harm.</summary>
    Task RegisterAsync(NodeRegistration registration, CancellationToken ct);
}
