using System.CommandLine;
using Provision.Cli;

// Ctrl-C ends every wait at once; only reading standard input does not hear of it, and need not be waited for.
var console = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMilliseconds(200) };
return await new ProvisionCommand(TimeProvider.System, Console.OpenStandardInput).RunAsync(args, console);
