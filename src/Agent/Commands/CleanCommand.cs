using System.CommandLine;
using Provision.Agent.Hosting;
using Provision.Machine.Linux;

namespace Provision.Agent.Commands;

/// <summary><c>provisiond clean</c>.</summary>
internal static class CleanCommand
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "clean",
            "Take away all that this node made, volumes and all they hold included, and forget it ever was. "
            + "Refused while the daemon runs. What lies on devices given as 'device' is unmounted and stays there.")
        {
            Verb.Data, Verb.Config,
        };
        command.SetBody(async (arguments, ct) =>
        {
            var folder = new DataFolder(Verb.DataOf(arguments));
            var output = arguments.InvocationConfiguration.Output;
            if (!Directory.Exists(folder.Path))
            {
                await output.WriteLineAsync($"There is no folder {folder.Path}: nothing had to be taken away.");
                return;
            }

            folder.RequireOurs();
            var simulated = File.Exists(folder.Lock);
            using var hold = simulated ? MachineMaker.Lock(folder.Lock) : null;

            // A folder may have been run both ways; without root nothing real was ever made in it.
            if (Directory.Exists(folder.Machine) && (!simulated || Environment.IsPrivilegedProcess))
            {
                await LinuxMachine.RemoveAsync(MachineMaker.LinuxOptions(new AgentOptions { Data = folder }), Grace, ct);
            }

            folder.Remove();
            await output.WriteLineAsync($"All that the node of {folder.Path} made is gone.");
        });
        return command;
    }
}
