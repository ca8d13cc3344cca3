using System.CommandLine;
using Provision.Reservations.Faults;

namespace Provision.Cli.Reservations;

/// <summary><c>reservation show</c>: all that is known of one reservation, with its signatures checked.</summary>
internal static class ShowReservation
{
    public static Command Build(VerbMaker verbs)
    {
        var id = Lookup.Argument();
        var command = new Command("show", "Show a reservation, what followed it and its receipts, and check every signature.") { id };
        return verbs.Bind(command, async (session, ct) =>
        {
            var view = await Lookup.FindUncheckedAsync(session, session.Value(id)!, TimeSpan.MaxValue, ct);
            var findings = Evidence.Of(view);
            session.Screen.Show(
                writer =>
                {
                    writer.WriteStartObject();
                    Report.WriteFields(writer, view);
                    writer.WriteNumber("signatures", findings.Count);
                    writer.WriteNumber("verified", findings.Count(finding => finding.Fault is null));
                    writer.WriteEndObject();
                },
                () =>
                {
                    Report.Print(session.Screen, view, findings);
                    session.Screen.Line("");
                    session.Screen.Line($"{findings.Count(finding => finding.Fault is null)} of {findings.Count} signatures verified");
                });
            return findings.FirstOrDefault(finding => finding.Fault is not null) is { } bad
                ? throw new FaultException(new Fault(bad.Fault!.Code, $"The {bad.Document} proves nothing", bad.Fault.Remedy, bad.Fault))
                : ExitCodes.Success;
        });
    }
}
