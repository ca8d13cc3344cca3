using Provision.Reservations.Faults;
using System.CommandLine;

namespace Provision.Cli.Reservations;

/// <summary><c>reservation wait</c>: returns when the workload is live, or gone.</summary>
internal static class WaitForReservation
{
    public static Command Build(VerbMaker verbs)
    {
        var id = Lookup.Argument();
        var until = new Option<string>("--until") { Description = "What to wait for.", DefaultValueFactory = _ => "live" };
        until.AcceptOnlyFromAmong("live", "deleted");
        var follow = new FollowOptions("");
        var command = new Command("wait", "Wait until a workload is live, or until nothing of it is left.") { id, until, follow.Timeout };
        return verbs.Bind(command, async (session, ct) =>
        {
            var goal = session.Value(until) == "live" ? Goal.Live : Goal.Deleted;
            Watch.Show(session, await new Watch(session, goal, follow.TimeoutOf(session)).UntilReachedAsync(session.Value(id)!, ct));
            return ExitCodes.Success;
        });
    }
}
