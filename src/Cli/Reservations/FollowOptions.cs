using Provision.Reservations.Faults;
using System.CommandLine;
using Provision.Reservations;

namespace Provision.Cli.Reservations;

/// <summary><c>--follow</c> and <c>--timeout</c>: wait for what the order leads to.</summary>
internal sealed class FollowOptions(string goal)
{
    private readonly Option<bool> follow = new("--follow") { Description = $"Wait until the workload is {goal}." };

    /// <summary>How long a wait may take, as people write it.</summary>
    public Option<string> Timeout { get; } = MakeTimeout();

    /// <summary>Gives a verb both options.</summary>
    public void AddTo(Command command)
    {
        command.Add(follow);
        command.Add(Timeout);
    }

    /// <summary>True when the user asked to wait.</summary>
    public bool IsWanted(Session session) => session.Value(follow);

    /// <summary>Waits, if that was asked for, and shows what came.</summary>
    public async Task<int> RunAsync(Session session, Digest reservation, Goal awaited, CancellationToken ct)
    {
        if (IsWanted(session))
        {
            var view = await new Watch(session, awaited, TimeoutOf(session)).UntilReachedAsync(reservation.ToString(), ct);
            Watch.Show(session, view);
        }

        return ExitCodes.Success;
    }

    /// <summary>The longest wait that the user allows.</summary>
    public TimeSpan TimeoutOf(Session session) => Duration.TryParse(session.Value(Timeout)!, out var span) ? span : TimeSpan.Zero;

    private static Option<string> MakeTimeout()
    {
        var timeout = new Option<string>("--timeout")
        {
            Description = "The longest wait: 90s, 15m, 1h.",
            HelpName = "TIME",
            DefaultValueFactory = _ => "60s",
        };
        timeout.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && !Duration.TryParse(text, out _))
            {
                result.AddError($"--timeout \"{text}\" is not a duration: {Duration.Remedy}.");
            }
        });
        return timeout;
    }
}
