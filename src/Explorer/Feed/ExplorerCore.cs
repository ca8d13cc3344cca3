using Microsoft.Extensions.Logging.Abstractions;
using Provision.Explorer.Storage;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Concurrency;
using Provision.Reservations.Faults;

namespace Provision.Explorer.Feed;

/// <summary>
/// The explorer without its HTTP: takes orders, hands each node the changes that concern it, keeps receipts. It checks what it can, so that
/// users hear of mistakes at once; nodes check everything again and believe nothing of it. Safe for many threads, and content with one:
/// besides the store it awaits nothing but its own completions and timers of <paramref name="time"/>.
/// </summary>
/// <param name="store">What it keeps; durable before an answer is given.</param>
/// <param name="time">The clock.</param>
/// <param name="kinds">The kinds of workload that it takes orders for.</param>
/// <param name="logger">Hears what the operator must know.</param>
public sealed partial class ExplorerCore(
    IStore store, TimeProvider time, IReadOnlyList<IWorkloadModule> kinds, ILogger<ExplorerCore>? logger = null)
{
    /// <summary>The most things in one answer of a list.</summary>
    public const int PageMax = 100;

    /// <summary>The largest receipt, as canonical JSON in bytes.</summary>
    public const int ReceiptSizeMax = 1 << 16;

    private readonly Waiters waiters = new();
    private readonly Turns<NodeId> reading = new(
        atOnce: 2,
        waitingMax: 1000,
        new Fault(FaultCode.Unavailable, "Too many polls of this node are open", "Run one daemon for each node."));
    private readonly ILogger log = logger ?? NullLogger<ExplorerCore>.Instance;

    /// <summary>How many polls wait now.</summary>
    public int WaitingPolls => waiters.Count;

    /// <summary>Answers every waiting poll at once, and later ones without waiting: the explorer is about to stop.</summary>
    public void StopWaiting() => waiters.Close();

    // The verifiers know one document; a user wants the place in what was sent.
    private static FaultException At(string pointer, string remedy, FaultException e) =>
        new(e.Fault with { Problems = new Problems([new Problem(pointer, "was not accepted", e.Fault.Remedy ?? remedy)]) }, e);
}
