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

    private static readonly Option<string?> Explorer = new("--explorer")
    {
        Description = "The explorer that the node polls; without it, the configured one, if there is one.",
        HelpName = "URL",
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "doctor",
            "Try all that a node needs, and say what is missing, what is done instead, and what to do about it. The machine is left as it "
            + "was. The exit code is 1 when a check failed; warnings are no failure.")
        {
            Verb.Data, Verb.Config, Explorer, Verb.Json,
        };
        command.SetCheck(async (arguments, ct) =>
        {
            var data = new DataFolder(Verb.DataOf(arguments));
            IReadOnlyList<Check> checks =
            [
                .. MachineChecks.Of(data.Machine),
                .. new DataChecks(data).All,
                .. new ExplorerChecks(ReadExplorer(arguments), TimeProvider.System).All,
                .. new DaemonChecks(data).All,
            ];
            var report = new DoctorReport(await new Checkup(Deadline, TimeProvider.System).RunAsync(checks, ct));
            foreach (var line in arguments.GetValue(Verb.Json) ? [CanonicalJson.Build(report.WriteTo).Text] : report.ToLines())
            {
                await arguments.InvocationConfiguration.Output.WriteLineAsync(line);
            }

            return report.Result == CheckResult.Failed ? ExitCodes.CheckFailed : ExitCodes.Success;
        });
        return command;
    }

    private static Uri? ReadExplorer(ParseResult arguments) => (arguments.GetValue(Explorer) ?? FindConfigured(arguments)) switch
    {
        null => null,
        var text when Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" => address,
        var text => throw new FaultException(Fault.Invalid(
            "The options are not valid",
            [new Problem("--explorer", $"is \"{text}\", which is no address", "give one such as http://127.0.0.1:8420")])),
    };

    // Whatever else is wrong with the configuration: the doctor is asked when something is.
    private static string? FindConfigured(ParseResult arguments) =>
        Verb.ConfigurationOf(arguments).Values.Single(value => value.Key == ConfigurationTable.Explorer).Texts is [var address]
            ? address
            : null;
}
