using System.CommandLine;
using Provision.Agent.Configuration;
using Provision.Agent.Hosting;
using Provision.Provisioning;

namespace Provision.Agent.Commands;

/// <summary><c>provisiond run</c>: the daemon itself, until SIGTERM or SIGINT.</summary>
internal static class RunCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "run",
            "Provide what is reserved on this node until stopped. What runs outlives the daemon, which adopts it at the next start.");
        ConfigurationFlags.AddTo(command);
        command.SetBody((arguments, ct) =>
        {
            var options = Verb.ConfigurationOf(arguments).Require();
            using var thread = new EngineThread();
            thread.Run(() => Daemon.RunAsync(options, thread, ct));
            return Task.CompletedTask;
        });
        return command;
    }
}
