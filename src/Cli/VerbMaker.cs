using System.CommandLine;
using Provision.Reservations.Faults;

namespace Provision.Cli;

/// <summary>Binds verbs to what they do, with one answer to faults and to Ctrl-C for all of them.</summary>
internal sealed class VerbMaker(GlobalOptions options, TimeProvider time, Func<Stream> input)
{
    /// <summary>Makes <paramref name="command"/> do <paramref name="body"/>, whose result is the exit code.</summary>
    public Command Bind(Command command, Func<Session, CancellationToken, Task<int>> body)
    {
        command.SetAction(async (parsed, ct) =>
        {
            using var session = new Session(parsed, options, time, input);
            try
            {
                return await body(session, ct);
            }
            catch (FaultException e)
            {
                session.Screen.ShowFault(e.Fault);
                return ExitCodes.Of(e.Fault.Code);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }
        });
        return command;
    }

    /// <summary>The same for a verb that never waits.</summary>
    public Command Bind(Command command, Action<Session> body) => Bind(command, (session, _) =>
    {
        body(session);
        return Task.FromResult(ExitCodes.Success);
    });
}
