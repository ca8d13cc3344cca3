using Microsoft.Extensions.Logging;
using Provision.Machine;
using Provision.Machine.Networks;
using Provision.Reservations.Faults;

namespace Provision.Provisioning.Reconciler;

/// <summary>Has the machine look at its networks now and then, and make whole again what somebody else changed.</summary>
public sealed partial class NetworkMending(IMachine machine, EngineOptions options, ILogger<NetworkMending> log)
{
    /// <summary>What was mended last, and when; null when nothing was since the daemon started.</summary>
    public Mending? Last { get; private set; }

    /// <summary>What is not well with the networks, as the last look saw them; or why the machine could not look.</summary>
    public IReadOnlyList<Fault> Troubles { get; private set; } = [];

    /// <summary>Looks at once, and then until cancelled. A machine that does not answer is reported and asked again.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        for (; ; )
        {
            await LookAsync(ct);
            await machine.Clock.Time.DelayAsync(options.MendInterval, ct);
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        var result = await MendAsync(ct);
        foreach (var line in result.Mended)
        {
            LogMended(line);
        }

        if (result.Mended.Count > 0)
        {
            Last = new Mending(machine.Clock.Time.GetUtcNow(), result.Mended);
        }

        // Said once when they begin and once when they are over, not every few seconds.
        var (before, now) = (Troubles.Select(TextOf).ToHashSet(), result.Troubles.Select(TextOf).ToHashSet());
        foreach (var trouble in now.Except(before))
        {
            LogTrouble(trouble);
        }

        foreach (var trouble in before.Except(now))
        {
            LogOver(trouble);
        }

        Troubles = result.Troubles;
    }

    private async Task<MendResult> MendAsync(CancellationToken ct)
    {
        try
        {
            return await machine.Networks.MendAsync(ct);
        }
        catch (FaultException e)
        {
            return new MendResult(
                [], [new Fault(FaultCode.Unavailable, "The networks could not be looked at", "It is tried again.", e.Fault)]);
        }
    }

    private static string TextOf(Fault trouble) => trouble.Brief;

    [LoggerMessage(LogLevel.Warning, "Mended: {What}")]
    private partial void LogMended(string what);

    [LoggerMessage(LogLevel.Warning, "Not well with the networks: {Fault}")]
    private partial void LogTrouble(string fault);

    [LoggerMessage(LogLevel.Information, "No longer so with the networks: {Fault}")]
    private partial void LogOver(string fault);
}
