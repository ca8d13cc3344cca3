using System.CommandLine;
using Provision.Cli;

return await new ProvisionCommand(TimeProvider.System).RunAsync(args, new InvocationConfiguration());
