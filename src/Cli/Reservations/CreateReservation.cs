using System.CommandLine;
using Provision.Workloads;

namespace Provision.Cli.Reservations;

/// <summary><c>reservation create</c>: a verb for every kind of workload.</summary>
internal static class CreateReservation
{
    public static Command Build(VerbMaker verbs)
    {
        var command = new Command("create", "Sign an order for a workload and hand it in.");
        foreach (var module in WorkloadCatalog.All)
        {
            command.Add(new CreateKind(module).Build(verbs));
        }

        return command;
    }
}
