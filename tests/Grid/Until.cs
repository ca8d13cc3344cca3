using Provision.Reservations.Faults;

namespace Provision.Grid;

/// <summary>Waits for a condition by asking for it, with a deadline.</summary>
public static class Until
{
    /// <summary>Far more than anything takes on a machine that is busy with other things.</summary>
    public static readonly TimeSpan TimeMax = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>The first answer that is not null. A program that cannot be reached now has not answered yet.</summary>
    /// <exception cref="TimeoutException">There was none; the message says of what, and what stood in the way last.</exception>
    public static async Task<T> AnsweredAsync<T>(string what, Func<Task<T?>> ask, TimeSpan? limit = null)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        Fault? fault = null;
        while (TimeProvider.System.GetElapsedTime(started) < (limit ?? TimeMax))
        {
            try
            {
                if (await ask() is { } answer)
                {
                    return answer;
                }

                fault = null;
            }
            catch (FaultException e) when (e.Fault.Transient)
            {
                fault = e.Fault;
            }

            await Task.Delay(Interval, TimeProvider.System);
        }

        throw new TimeoutException($"Waited {limit ?? TimeMax} in vain: {what}. {fault}");
    }

    /// <summary>Returns when the condition holds.</summary>
    /// <exception cref="TimeoutException">It never did.</exception>
    public static Task TrueAsync(string what, Func<Task<bool>> holds, TimeSpan? limit = null) =>
        AnsweredAsync(what, async () => await holds() ? "" : null, limit);
}
