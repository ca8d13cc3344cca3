using System.CommandLine;
using Provision.Agent.Configuration;
using Provision.Agent.Doctor;
using Provision.Agent.Hosting;
using Provision.Machine.Linux.Doctor;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Agent.Commands;

/// <summary><c>provisiond doctor</c>: looks at everything and changes nothing, whether a daemon runs or not.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "doctor",
            "Try all that a node needs which 'run' would start with the same file, variables and flags, and say what is missing, what is "
            + "done instead, and what to do about it. The machine is left as it was. The exit code is 1 when a check failed; warnings are "
            + "no failure.")
        {
            Verb.Json,
        };
        ConfigurationFlags.AddTo(command);
        command.SetCheck(async (arguments, ct) =>
        {
            var checks = ChecksOf(Verb.ConfigurationOf(arguments));
            var report = new DoctorReport(await new Checkup(Deadline, TimeProvider.System).RunAsync(checks, ct));
            foreach (var line in arguments.GetValue(Verb.Json) ? [CanonicalJson.Build(report.WriteTo).Text] : report.ToLines())
            {
                await arguments.InvocationConfiguration.Output.WriteLineAsync(Plain.Of(line));
            }

            return report.Result == CheckResult.Failed ? ExitCodes.CheckFailed : ExitCodes.Success;
        });
        return command;
    }

    // Whatever is wrong with the configuration: the doctor is asked when something is, and looks by what could be read.
    private static IReadOnlyList<Check> ChecksOf(NodeConfiguration configuration)
    {
        var options = configuration.Options;
        var isExplorerKnown = configuration.Values.Single(value => value.Key == ConfigurationTable.Explorer).Texts is not null;
        return
        [
            .. new ConfigurationChecks(configuration).All,
            .. options.Simulated ? MachineChecks.OfMemory() : MachineChecks.Of(MachineMaker.LinuxOptions(options)),
            .. new DataChecks(options.Data).All,
            .. new ExplorerChecks(isExplorerKnown ? options.Explorer : null, TimeProvider.System).All,
            .. new DaemonChecks(options.Data).All,
        ];
    }
}
