using System.CommandLine;
using Provision.Agent.Commands;

var agent = new RootCommand(
    "The daemon of a node: pulls the reservations of strangers, checks them, carries them out on this machine, and takes them away.")
{
    RunCommand.Create(),
    StatusCommand.Create(),
    InventoryCommand.Create(),
    JournalCommand.Create(),
    LogCommand.Create(),
    ImportZosCommand.Create(),
    CleanCommand.Create(),
    VolumeWriteCommand.Create(),
};

return await agent.Parse(args).InvokeAsync(new InvocationConfiguration
{
    // A step in the middle is finished before the daemon ends; nothing on the machine is taken away.
    ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
    EnableDefaultExceptionHandler = false,
});
