using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Kernel;

/// <summary>Calls that may wait for a disk, on a thread of the pool; what the operating system refuses becomes a fault.</summary>
internal static class Blocking
{
    /// <summary>Runs the action. Once begun it is finished: half a change helps nobody.</summary>
    /// <param name="what">What fails when it fails.</param>
    /// <param name="remedy">What to do then.</param>
    /// <param name="action">What to do now.</param>
    public static async ValueTask<T> RunAsync<T>(string what, string remedy, Func<ValueTask<T>> action)
    {
        try
        {
            return await Task.Run(async () => await action());
        }
        catch (FileNotFoundException e)
        {
            throw new FaultException(new Fault(FaultCode.NotFound, $"{what}: it is not there"), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(new Fault(FaultCode.Unavailable, $"{what}: {e.Message}", remedy), e);
        }
    }

    /// <inheritdoc cref="RunAsync{T}(string, string, Func{ValueTask{T}})"/>
    public static ValueTask<T> RunAsync<T>(string what, string remedy, Func<T> action) =>
        RunAsync(what, remedy, () => ValueTask.FromResult(action()));

    /// <inheritdoc cref="RunAsync{T}(string, string, Func{ValueTask{T}})"/>
    public static async ValueTask RunAsync(string what, string remedy, Action action) => await RunAsync(what, remedy, () =>
    {
        action();
        return true;
    });
}
