using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Provision.Reservations.Concurrency;
using Provision.Reservations.Faults;

namespace Provision.Explorer.Endpoints;

/// <summary>
/// How many large answers are on their way at once. Connections are many and cost little; an answer that its reader does not take is
/// memory, and anybody may ask for one. Each sort counts for itself: who asks for receipts keeps nobody from a feed.
/// </summary>
internal sealed class LargeAnswers
{
    /// <summary>An answer of fewer bytes is a small one: about what the server holds for a connection anyway.</summary>
    public const int SizeMin = 1 << 16;

    /// <summary>How many of one sort are sent at once.</summary>
    public const int AtOnceMax = 64;

    /// <summary>How many more of one sort wait until one is sent.</summary>
    public const int WaitingMax = 64;

    /// <summary>What the next one is told.</summary>
    public static readonly Fault Full = new(
        FaultCode.Unavailable, "The explorer gives as many large answers as it can already", "Ask again in a few seconds.");

    // Kestrel's own 240 bytes a second would let a reader hold his turn for more than an hour.
    private static readonly MinDataRate Pace = new(bytesPerSecond: 8192, gracePeriod: TimeSpan.FromSeconds(5));

    private readonly Turns<string> turns = new(AtOnceMax, WaitingMax, Full);

    /// <summary>Waits for a turn. Whoever then reads too slowly is cut off.</summary>
    /// <exception cref="FaultException"><see cref="Full"/>.</exception>
    public async Task<IDisposable> EnterAsync(HttpContext context, string sort)
    {
        var turn = await turns.TakeAsync(sort, context.RequestAborted);
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } pace)
        {
            pace.MinDataRate = Pace;
        }

        return turn;
    }
}
