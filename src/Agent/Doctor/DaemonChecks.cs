using System.Text.Json;
using Provision.Agent.Hosting;
using Provision.Agent.Status;
using Provision.Machine.Linux.Doctor;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Agent.Doctor;

/// <summary>What a daemon that runs says of itself. One that does not run is a finding.</summary>
internal sealed class DaemonChecks(DataFolder data)
{
    private const int ReceiptsMany = 100;
    private static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollLate = TimeSpan.FromSeconds(90); // Three times as long as a poll is held.
    private static readonly TimeSpan PollLost = TimeSpan.FromMinutes(10);
    private readonly Lock gate = new();
    private Task<JsonElement>? status;

    public IReadOnlyList<Check> All =>
    [
        new Check("daemon", "Nothing is leased, ended or told while the daemon does not run; what runs runs on.", LookAtDaemonAsync),
        Of("last-poll", "Orders and cancels reach the node by polls of the explorer.", LookAtPoll),
        Of("receipts-waiting", "Users hear what became of their orders by receipts that the explorer has.", LookAtReceipts),
        Of("lacking", "The daemon found out what the machine lacks when it started.", LookAtLacks),
        Of("leftovers", "Things with our mark that no order explains are kept until somebody looks at them.", answer => LookAtList(
            answer, "unexplained", "Look at each with 'provisiond inventory', and remove by hand what nobody needs.")),
        Of("set-aside", "Of orders whose entries are lost nothing is done, and nothing is taken away.", answer => LookAtList(
            answer, "set_aside", "Read 'provisiond journal' for each, and restore the journal if there is a copy.")),
        Of("troubles", "What the daemon has had trouble with lately.", LookAtTroubles),
    ];

    private Check Of(string name, string meaning, Func<JsonElement, Finding> look) => new(name, meaning, async _ =>
    {
        try
        {
            return look(await AskAsync());
        }
        catch (FaultException e) when (e.Fault.Code == FaultCode.Unavailable)
        {
            return Finding.Warning("Not known: no daemon answers", null, "Start it: provisiond run");
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return Finding.Warning(
                "Not known: the daemon that runs is of another version", null, "Start it again: it is of this version then.");
        }
    });

    private async ValueTask<Finding> LookAtDaemonAsync(CancellationToken _)
    {
        var holder = LockHolder.Find(Path.Combine(data.Machine, "lock")) ?? LockHolder.Find(data.Lock);
        try
        {
            await AskAsync();
            return Finding.Ok(holder is { } runs ? $"process {runs} answers" : "answers");
        }
        catch (FaultException e) when (e.Fault.Code == FaultCode.Unavailable)
        {
            return holder is { } silent
                ? Finding.Failed($"Process {silent} has the node in hand, and does not answer", $"See its log; end it: kill {silent}")
                : Finding.Warning("It does not run", null, "Start it: provisiond run");
        }
    }

    private static Finding LookAtPoll(JsonElement answer)
    {
        if (!answer.TryGetProperty("seconds_since_good_poll", out var seconds))
        {
            return Finding.Warning("None since it started", "What is leased runs on, and ends in time.", "See the check explorer.");
        }

        var since = TimeSpan.FromSeconds(seconds.GetDouble());
        var found = $"{since.TotalSeconds:0} s ago";
        return since > PollLost ? Finding.Failed(found, "Look at the explorer, and at the way to it.")
            : since > PollLate ? Finding.Warning(found, "What is leased runs on, and ends in time.", "See the check explorer.")
            : Finding.Ok(found);
    }

    private static Finding LookAtReceipts(JsonElement answer)
    {
        var waiting = answer.GetProperty("receipts_waiting").GetInt32();
        return waiting > ReceiptsMany
            ? Finding.Warning($"{waiting} wait", "They are sent until the explorer has them.", "See the check explorer.")
            : Finding.Ok($"{waiting} wait");
    }

    private static Finding LookAtLacks(JsonElement answer)
    {
        var lacks = answer.GetProperty("lacking").EnumerateArray()
            .Select(lack => Plain.Of($"{lack.GetProperty("ability")}: {lack.GetProperty("fault").GetProperty("what")}")).ToList();
        return lacks.Count == 0
            ? Finding.Ok("nothing")
            : Finding.Warning(
                string.Join("; ", lacks),
                "The node runs without the kinds that need it, and refuses orders of them.",
                "Mend what the checks of the machine found, and start the daemon again.");
    }

    private static Finding LookAtList(JsonElement answer, string list, string remedy)
    {
        var things = answer.GetProperty(list).EnumerateArray().Select(thing => Plain.Of(thing.GetString() ?? "")).ToList();
        return things.Count == 0
            ? Finding.Ok("none")
            : Finding.Warning($"{things.Count}: {string.Join(", ", things.Take(10))}", "They are kept.", remedy);
    }

    private static Finding LookAtTroubles(JsonElement answer)
    {
        var troubles = answer.GetProperty("troubles").EnumerateArray().ToList();
        return troubles is [.., var last]
            ? Finding.Warning(
                Plain.Of($"{troubles.Count}; the last: {last.GetProperty("what")}"),
                "It goes on with all that this does not concern.",
                "Read all of them with 'provisiond status'.")
            : Finding.Ok("none");
    }

    // Asked once for all checks, each of which may be given up.
    private async Task<JsonElement> AskAsync()
    {
        Task<JsonElement> answer;
        lock (gate)
        {
            answer = status ??= StatusClient.AskAsync(data.Socket, "status", CancellationToken.None);
        }

        try
        {
            return await answer.WaitAsync(AnswerTimeMax, TimeProvider.System);
        }
        catch (TimeoutException e)
        {
            throw new FaultException(
                new Fault(FaultCode.Unavailable, $"The daemon does not answer at {data.Socket}", "See its log; end it, and start it."), e);
        }
    }
}
