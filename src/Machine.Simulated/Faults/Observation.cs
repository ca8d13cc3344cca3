namespace Provision.Machine.Simulated.Faults;

/// <summary>Announces the calls of one port.</summary>
internal sealed class Observation(IMachineObserver observer, string port)
{
    public async ValueTask Effect(string verb, string subject, Func<ValueTask> act)
    {
        var call = new MachineCall(port, verb, subject, Effect: true);
        await observer.BeforeAsync(call);
        if (!observer.Skips(call))
        {
            await act();
        }

        await observer.AfterAsync(call);
    }

    public ValueTask<T> Effect<T>(string verb, string subject, Func<ValueTask<T>> act) => Run(new(port, verb, subject, Effect: true), act);

    public ValueTask<T> Look<T>(string verb, string subject, Func<ValueTask<T>> act) => Run(new(port, verb, subject, Effect: false), act);

    private async ValueTask<T> Run<T>(MachineCall call, Func<ValueTask<T>> act)
    {
        await observer.BeforeAsync(call);
        var result = await act();
        await observer.AfterAsync(call);
        return result;
    }
}
