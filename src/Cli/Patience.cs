using System.Globalization;
using Provision.Reservations.Faults;

namespace Provision.Cli;

/// <summary>Asks again while the answer is <see cref="FaultCode.Unavailable"/>, for a limited time, and says so once.</summary>
internal sealed class Patience(TimeSpan limit, TimeProvider time, Action<string> note)
{
    private static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(2);

    /// <summary>The first answer that is not <see cref="FaultCode.Unavailable"/>, or that fault when the time is up.</summary>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        for (var delay = DelayMin; ; delay = delay * 2 < DelayMax ? delay * 2 : DelayMax)
        {
            try
            {
                return await ask(ct);
            }
            catch (FaultException e) when (e.Fault.Transient && time.GetElapsedTime(started) + delay < limit)
            {
                if (delay == DelayMin)
                {
                    note(string.Create(CultureInfo.InvariantCulture, $"{e.Fault.What}; asking again for up to {limit.TotalSeconds:0} s"));
                }
            }

            await Task.Delay(delay, time, ct);
        }
    }
}
