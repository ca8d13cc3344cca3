using System.CommandLine;
using Provision.Cli.Output;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Cli.Reservations;

/// <summary><c>reservation extend</c>: gives a lease a new length.</summary>
internal static class ExtendReservation
{
    public static Command Build(VerbMaker verbs)
    {
        var id = Lookup.Argument();
        var duration = new Option<string>("--duration")
        {
            Description = "The whole length of the lease, counted from when it was made: 2h, 7d.",
            HelpName = "TIME",
            Required = true,
        };
        var command = new Command("extend", "Give a lease a new length; repeating it changes nothing.") { id, duration };
        return verbs.Bind(command, async (session, ct) =>
        {
            var text = session.Value(duration)!;
            if (!Duration.TryParse(text, out var span))
            {
                throw new FaultException(Fault.Invalid(
                    "The order is not valid",
                    [new Problem("/extend/duration", $"is \"{text}\"", Duration.Remedy)],
                    "Correct this; nothing was sent."));
            }

            var (view, _) = await Sequel.SendAsync(session, session.Value(id)!, (found, counter) => new Extend
            {
                Reservation = found.Digest,
                User = found.Orders.Reservation.User,
                Counter = counter,
                Created = session.Time.GetUtcNow(),
                Duration = NotOver(found.Orders.Reservation, span, session.Time.GetUtcNow()),
            }, again: false, ct);
            var ends = view.Orders.Reservation.Created + span;
            session.Screen.Show(
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("id", view.Id.ToString());
                    writer.WriteString("digest", view.Digest.ToString());
                    writer.WriteString("ends", Rfc3339.Format(ends));
                    writer.WriteEndObject();
                },
                () => session.Screen.Line($"{view.Id} ends {Screen.Moment(ends)}"));
            return ExitCodes.Success;
        });
    }

    // An end in the past would destroy the workload, which is not what somebody means who asks for more time.
    private static TimeSpan NotOver(Reservation reservation, TimeSpan duration, DateTimeOffset now) =>
        reservation.Created + duration > now
            ? duration
            : throw new FaultException(Fault.Invalid(
                "The lease would be over already",
                [
                    new Problem(
                        "/extend/duration",
                        $"ends at {Screen.Moment(reservation.Created + duration)}",
                        $"give more than {Duration.Format(now - reservation.Created)}"),
                ],
                "To end a lease, use 'provision reservation cancel'."));
}
