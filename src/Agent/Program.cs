using System.CommandLine;
using System.CommandLine.Invocation;
using Provision.Agent.Commands;
using Provision.Cli;
using Provision.Cli.Completions;

var agent = new RootCommand(
    "The daemon of a node: pulls the reservations of strangers, checks them, carries them out on this machine, and takes them away.")
{
    RunCommand.Create(),
    ConfigCommand.Create(),
    StatusCommand.Create(),
    DoctorCommand.Create(),
    InventoryCommand.Create(),
    JournalCommand.Create(),
    LogCommand.Create(),
    ImportZosCommand.Create(),
    CleanCommand.Create(),
    VolumeWriteCommand.Create(),
    InstallCommand.CreateInstall(),
    InstallCommand.CreateUninstall(),
    CompletionScript.Build("provisiond"),
};

var parsed = agent.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    return await Verb.FailAsync(UsageFault.Of(parsed, "provisiond"), Console.Error, args.Contains(Verb.Json.Name));
}

return await parsed.InvokeAsync(new InvocationConfiguration
{
    // A step in the middle is finished before the daemon ends; nothing on the machine is taken away.
    ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
    EnableDefaultExceptionHandler = false,
});
