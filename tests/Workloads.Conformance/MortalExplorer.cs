using Provision.Machine.Simulated.Faults;
using Provision.Provisioning.Sources;
using Provision.Reservations;
using Provision.Reservations.Feed;
using Provision.Reservations.Registration;

namespace Provision.Workloads.Conformance;

/// <summary>The explorer as one life of a daemon sees it: a dead daemon neither sends nor hears anything any more.</summary>
public sealed class MortalExplorer(IExplorer inner, CrashPoint crash) : IExplorer
{
    /// <inheritdoc/>
    public Task<FeedPage> PollAsync(NodeId node, FeedCursor after, TimeSpan wait, CancellationToken ct) =>
        CallAsync("poll", () => inner.PollAsync(node, after, wait, ct));

    /// <inheritdoc/>
    public Task<IReadOnlyList<ReceiptAnswer>> SendAsync(NodeId node, IReadOnlyList<Receipt> receipts, CancellationToken ct) =>
        CallAsync("send", () => inner.SendAsync(node, receipts, ct));

    /// <inheritdoc/>
    public Task RegisterAsync(NodeRegistration registration, CancellationToken ct) => CallAsync("register", async () =>
    {
        await inner.RegisterAsync(registration, ct);
        return true;
    });

    private async Task<T> CallAsync<T>(string verb, Func<Task<T>> call)
    {
        var seen = new MachineCall("explorer", verb, "", Effect: verb != "poll");
        await crash.BeforeAsync(seen);
        var answer = await call();
        await crash.AfterAsync(seen);
        return answer;
    }
}
