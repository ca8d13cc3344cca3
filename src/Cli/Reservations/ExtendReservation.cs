using System.CommandLine;
using Provision.Cli.Output;
using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Cli.Reservations;

/// <summary><c>reservation extend</c>: gives a lease a new length.</summary>
internal static class ExtendReservation
{
    private const string Place = "/extend/duration";

    public static Command Build(VerbMaker verbs)
    {
        var id = Lookup.Argument();
        var duration = new Option<string>("--duration")
        {
            Description = "The whole length of the lease, counted from when it was made: 2h, 7d.",
            HelpName = "TIME",
            Required = true,
        };
        var command = new Command("extend", "Make a lease longer, never shorter.") { id, duration };
        return verbs.Bind(command, async (session, ct) =>
        {
            if (LeaseLength.Read(session.Value(duration)!, Place, out var span) is { } problem)
            {
                throw Refusal(session, "The order is not valid", problem);
            }

            var (view, _) = await Sequel.SendAsync(session, session.Value(id)!, (found, counter) => Task.FromResult<FollowUp>(new Extend
            {
                Reservation = found.Digest,
                User = found.Orders.Reservation.User,
                Counter = counter,
                Created = session.Time.GetUtcNow(),
                Duration = Longer(session, found, span),
            }), again: false, ct);
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

    // An earlier end would take away what runs, which is not what somebody means who asks for more time.
    private static TimeSpan Longer(Session session, ReservationView view, TimeSpan duration)
    {
        var reservation = view.Orders.Reservation;
        var current = view.Orders.FollowUps.OfType<Extend>()
            .Where(extend => Evidence.Holds(view, extend))
            .MaxBy(extend => extend.Counter)?.Duration ?? reservation.Duration;
        if (duration <= current)
        {
            var end = Screen.Moment(reservation.Created + current);
            throw Refusal(session, "The lease would not become longer", new Problem(
                Place,
                $"is {Duration.Format(duration)}, and the lease lasts {Duration.Format(current)} in all already, until {end}",
                $"give more than {Duration.Format(current)}"));
        }

        var now = session.Time.GetUtcNow();
        return reservation.Created + duration > now
            ? duration
            : throw Refusal(session, "The lease would be over already", new Problem(
                Place,
                $"ends at {Screen.Moment(reservation.Created + duration)}",
                $"give more than {Duration.Format(now - reservation.Created)}"));
    }

    private static FaultException Refusal(Session session, string what, Problem problem)
    {
        session.Screen.Flags = new Dictionary<string, string> { [Place] = "--duration" };
        return new FaultException(Fault.Invalid(
            what, [problem], "Nothing was sent. To end a lease, use 'provision reservation cancel'."));
    }
}
