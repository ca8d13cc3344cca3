using System.CommandLine;
using Provision.Explorer.Hosting;

var explorer = new RootCommand(
    "The explorer: keeps the signed orders of users, feeds them to nodes, and keeps the receipts that nodes sign.")
{
    RunCommand.Create(),
};

// The web host listens to SIGTERM and SIGINT itself and ends in order.
return await explorer.Parse(args).InvokeAsync(
    new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
