using Provision.Explorer.Client;
using Provision.Machine.Linux.Doctor;

namespace Provision.Agent.Doctor;

/// <summary>Whether the explorer can be reached, and agrees about the time.</summary>
/// <param name="address">Where it is; null: nobody said.</param>
/// <param name="time">Our clock.</param>
internal sealed class ExplorerChecks(Uri? address, TimeProvider time)
{
    private static readonly TimeSpan ErrorMax = TimeSpan.FromSeconds(30);

    public IReadOnlyList<Check> All =>
    [
        new Check("explorer", "Orders come from the explorer, and receipts go there.", async ct => await AskAsync(
            (_, took) => Finding.Ok($"{address} answered in {took.TotalMilliseconds:0} ms"), ct)),
        new Check("explorer-clock", "A clock that is off makes leases end late or early, and requests be refused.", async ct =>
            await AskAsync(Compare, ct)),
    ];

    private Finding Compare(DateTimeOffset? said, TimeSpan took)
    {
        if (said is not { } theirs)
        {
            return Finding.Warning("The explorer does not say what the time is", "Its clock is not compared.", "Ask its operator.");
        }

        var error = time.GetUtcNow() - theirs;
        return error.Duration() > ErrorMax
            ? Finding.Failed(
                $"This clock is {error.Duration().TotalSeconds:0} s {(error > TimeSpan.Zero ? "ahead of" : "behind")} the explorer's",
                "Set the clock that is wrong, and have it kept right: apt-get install chrony")
            : Finding.Ok($"{error.Duration().TotalSeconds:0} s apart");
    }

    private async ValueTask<Finding> AskAsync(Func<DateTimeOffset?, TimeSpan, Finding> judge, CancellationToken ct)
    {
        if (address is null)
        {
            return Finding.Warning("Not looked at: which explorer, nobody said", null, "Name it with --explorer.");
        }

        using var explorer = ExplorerClient.Create(address, key: null);
        var start = time.GetTimestamp();
        var said = await explorer.HealthAsync(ct);
        return judge(said, time.GetElapsedTime(start));
    }
}
