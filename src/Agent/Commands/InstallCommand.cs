using System.CommandLine;
using Provision.Agent.Systemd;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Agent.Commands;

/// <summary><c>provisiond install</c> and <c>uninstall</c>: files only. What runs is the farmer's to start and stop.</summary>
internal static class InstallCommand
{
    private static readonly Option<string> Root = new("--root")
    {
        Description = "Write below this folder, as if it were /: to make a package or the image of a machine. "
            + "The program that does it has to be below it, too.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "/",
    };

    /// <summary>The command that installs.</summary>
    public static Command CreateInstall()
    {
        var command = new Command(
            "install",
            "Write the systemd unit of this program, and a configuration file where there is none; then say what to do next. "
            + "Doing it again writes the unit of the program that does it.")
        {
            Root,
        };
        command.SetBody((arguments, _) =>
        {
            var files = FilesOf(arguments);
            var written = files.Install(FindProgram());
            return PrintAsync(
                arguments,
                $"{files.Unit} {(written.Unit ? "is written" : "is as it should be")}",
                $"{files.Configuration} {(written.Configuration ? "is written; it says nothing yet" : "was there and is left as it is")}",
                "Next:",
                $"  edit {files.Configuration}: explorer and farm are required",
                "  provisiond config check",
                "  systemctl daemon-reload",
                "  systemctl enable --now provisiond     # to begin with",
                "  systemctl restart provisiond          # when it runs already; containers do not notice");
        });
        return command;
    }

    /// <summary>The command that takes the unit away.</summary>
    public static Command CreateUninstall()
    {
        var command = new Command("uninstall", "Remove the systemd unit. Configuration, data, and what runs stay.") { Root };
        command.SetBody((arguments, _) =>
        {
            var files = FilesOf(arguments);
            var removed = files.Uninstall();
            return PrintAsync(
                arguments,
                removed ? $"{files.Unit} is removed" : $"There is no {files.Unit}",
                "A daemon that runs is not stopped by this. Next:",
                "  systemctl stop provisiond",
                "  systemctl daemon-reload",
                "  provisiond clean                      # takes away all that the node made, data of users included",
                $"  rm {files.Configuration}");
        });
        return command;
    }

    private static InstalledFiles FilesOf(ParseResult arguments)
    {
        var root = arguments.GetRequiredValue(Root);
        if (root.Length == 0)
        {
            throw new FaultException(FaultCode.Invalid, "--root names no folder", "Name one, or leave it out.");
        }

        return new InstalledFiles(Path.GetFullPath(root));
    }

    private static string FindProgram() => Environment.ProcessPath is { } program && Path.GetFileName(program) != "dotnet"
        ? program
        : throw new FaultException(
            FaultCode.Invalid, "This program runs inside of dotnet, which no unit can start by itself", "Run provisiond itself.");

    private static async Task PrintAsync(ParseResult arguments, params IReadOnlyList<string> lines)
    {
        foreach (var line in lines)
        {
            await arguments.InvocationConfiguration.Output.WriteLineAsync(Plain.Of(line));
        }
    }
}
