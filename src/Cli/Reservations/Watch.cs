using Provision.Explorer.Client;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Cli.Reservations;

/// <summary>Waits for a reservation to become what its user wants, and tells how it goes.</summary>
internal sealed class Watch(Session session, Goal goal, TimeSpan timeout)
{
    // What usually takes milliseconds is seen at once; what takes long is asked for four times a second.
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan IntervalMax = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FirstNote = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan NoteInterval = TimeSpan.FromSeconds(10);

    private string GoalText => goal switch { Goal.Live => "live", Goal.Over => "over", _ => "deleted" };

    /// <summary>The reservation once the goal is reached, by receipts whose signatures were checked.</summary>
    /// <exception cref="FaultException">The node's fault when it cannot be reached; <c>Unavailable</c> when the time is up.</exception>
    public async Task<ReservationView> UntilReachedAsync(string id, CancellationToken ct)
    {
        var started = session.Time.GetTimestamp();
        var nextNote = FirstNote;
        var interval = FirstInterval;
        while (true)
        {
            var view = await Lookup.FindAsync(session, id, timeout - session.Time.GetElapsedTime(started), ct);
            var verdict = Verdict.Of(goal, view.Receipts);
            if (verdict.Reached)
            {
                return view;
            }

            var elapsed = session.Time.GetElapsedTime(started);
            if (verdict.Fault is not null || elapsed >= timeout)
            {
                throw new FaultException(verdict.Fault ?? TimeIsUp(view));
            }

            if (elapsed >= nextNote)
            {
                session.Screen.Note($"waiting for {view.Id} to be {GoalText}: {Duration.Format(elapsed)} so far, {State(view)}{Why(view)}");
                nextNote = elapsed + NoteInterval;
            }

            await Task.Delay(interval, session.Time, ct);
            interval = interval * 2 < IntervalMax ? interval * 2 : IntervalMax;
        }
    }

    /// <summary>Shows where a reservation stands: its newest receipt.</summary>
    public static void Show(Session session, ReservationView view) => session.Screen.Show(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id", view.Id.ToString());
            writer.WriteString("digest", view.Digest.ToString());
            writer.WritePropertyName("receipt");
            ReceiptJson.Write(writer, view.Receipts[^1]);
            writer.WriteEndObject();
        },
        () => session.Screen.Facts(
            ("state", ReceiptJson.StateText(view.Receipts[^1].State)),
            ("receipt", $"{view.Receipts[^1].Sequence} of node {view.Receipts[^1].Node}, signature verified"),
            ("data", view.Receipts[^1].Data.Text)));

    private Fault TimeIsUp(ReservationView view) => new(
        FaultCode.Unavailable,
        $"Reservation {view.Id} is not {GoalText} after {Duration.Format(timeout)}: {State(view)}",
        $"See 'provision reservation show {view.Id}'; wait longer with --timeout.",
        view.Receipts is [.., var newest] ? newest.Fault : null);

    private static string Why(ReservationView view) => view.Receipts is [.., { Fault: { } fault }] ? $": {Plain.Of(fault.What)}" : "";

    private static string State(ReservationView view) =>
        view.Receipts is [.., var newest]
            ? $"the node last said \"{ReceiptJson.StateText(newest.State)}\""
            : "the node has not answered yet";
}
