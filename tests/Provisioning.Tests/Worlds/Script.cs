using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Tests.Worlds;

/// <summary>What the steps of <see cref="ScriptModule"/> do, and what they did.</summary>
public sealed class Script
{
    private readonly Dictionary<(Digest, string, int), int> attempts = [];
    private readonly HashSet<Digest> busy = [];

    /// <summary>Runs inside each call before its effect; throws or waits to spoil it.</summary>
    public Func<ScriptCall, CancellationToken, Task> On { get; set; } = (_, _) => Task.CompletedTask;

    public List<ScriptCall> Calls { get; } = [];

    /// <summary>What each plan was told of the machine.</summary>
    public List<MachineFacts> Facts { get; } = [];

    /// <summary>What its steps say of their deadline.</summary>
    public TimeSpan? Deadline { get; set; }

    /// <summary>The orders whose steps say that they are slow.</summary>
    public HashSet<Digest> Slow { get; } = [];

    /// <summary>The effects that are there now.</summary>
    public HashSet<(Digest Order, int Step)> There { get; } = [];

    public int Running => busy.Count;

    public int RunningMax { get; private set; }

    /// <summary>Calls that began while another of the same order ran.</summary>
    public List<ScriptCall> Overlaps { get; } = [];

    /// <summary>The calls of one order, such as <c>do 0</c>.</summary>
    public IReadOnlyList<string> CallsOf(Order order) =>
        [.. Calls.Where(call => call.Order == order.ComputeDigest()).Select(call => $"{call.Verb} {call.Step}")];

    public static FaultException Transient(string what = "busy") => new(FaultCode.Unavailable, what, "wait");

    public static FaultException Permanent(string what = "impossible") => new(FaultCode.Invalid, what, "order something else");

    internal async ValueTask RunAsync(Digest order, string verb, int step, CancellationToken ct)
    {
        var attempt = attempts[(order, verb, step)] = attempts.GetValueOrDefault((order, verb, step)) + 1;
        var call = new ScriptCall(order, verb, step, attempt);
        Calls.Add(call);
        if (!busy.Add(order))
        {
            Overlaps.Add(call);
        }

        RunningMax = Math.Max(RunningMax, busy.Count);
        try
        {
            await On(call, ct);
            _ = verb == "do" ? There.Add((order, step)) : There.Remove((order, step));
        }
        finally
        {
            busy.Remove(order);
        }
    }
}

/// <summary>One call of a step.</summary>
/// <param name="Order">Whose.</param>
/// <param name="Verb"><c>do</c> or <c>undo</c>.</param>
/// <param name="Step">Which step, from 0.</param>
/// <param name="Attempt">The how manieth call of this verb of this step, from 1.</param>
public sealed record ScriptCall(Digest Order, string Verb, int Step, int Attempt);
