using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Cli.Reservations;

/// <summary>What the receipts about one reservation mean to somebody who waits.</summary>
/// <param name="Reached">The goal is reached.</param>
/// <param name="Fault">Why it can no longer be reached; null while it can.</param>
internal sealed record Verdict(bool Reached, Fault? Fault)
{
    private static readonly Verdict Yes = new(true, null);
    private static readonly Verdict NotYet = new(false, null);

    /// <summary>Judges the receipts, the oldest first.</summary>
    public static Verdict Of(Goal goal, IReadOnlyList<Receipt> receipts) => (goal, receipts) switch
    {
        (Goal.Live, [.., { State: ReceiptState.Ok }]) => Yes,
        (Goal.Over or Goal.Deleted, [.., { State: ReceiptState.Deleted or ReceiptState.Refused }]) => Yes,
        (Goal.Over, [.., { State: ReceiptState.Expired }]) => Yes,
        (Goal.Live, [.., { State: ReceiptState.Error or ReceiptState.Refused or ReceiptState.Expired or ReceiptState.Deleted }]) =>
            new Verdict(false, Reason(receipts)),
        _ => NotYet,
    };

    private static Fault Reason(IReadOnlyList<Receipt> receipts)
    {
        var last = receipts[^1];
        var cause = receipts.LastOrDefault(receipt => receipt.Fault is not null)?.Fault;
        return cause is null || receipts.Any(receipt => receipt.State == ReceiptState.Ok)
            ? new Fault(FaultCode.Conflict, $"Reservation {last.Id} was live and is no more", Remedy(last.State), cause)
            : new Fault(cause.Code, $"The node could not provide reservation {last.Id}", cause.Remedy, cause);
    }

    private static string Remedy(ReceiptState state) =>
        state == ReceiptState.Expired ? "Extend it while its data is kept, or order anew." : "Order anew.";
}
