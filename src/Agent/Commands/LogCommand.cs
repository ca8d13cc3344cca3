using System.CommandLine;
using Provision.Agent.Hosting;
using Provision.Machine.Linux.Containers;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Agent.Commands;

/// <summary><c>provisiond log</c>: reads only, so it needs no daemon.</summary>
internal static class LogCommand
{
    private static readonly Argument<string> Order = new("DIGEST") { Description = "The order of the container, or its first digits." };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "log",
            "Print what a container said: time, stream, F for a whole line or P for a part of one, and the text. The newest is kept.")
        {
            Order, Verb.Data, Verb.Config,
        };
        command.SetBody(async (arguments, ct) =>
        {
            var order = arguments.GetRequiredValue(Order);
            var files = ContainerLogs.Find(new DataFolder(Verb.DataOf(arguments)).Machine, order);
            if (files.Count == 0)
            {
                throw new FaultException(
                    FaultCode.NotFound,
                    $"There is not one container {order} with a log",
                    "Give the first digits of the order's digest, as 'provisiond status' prints them. A simulated container says nothing.");
            }

            foreach (var file in files)
            {
                await foreach (var line in File.ReadLinesAsync(file, ct))
                {
                    await arguments.InvocationConfiguration.Output.WriteLineAsync(string.Join('\t', line.Split('\t').Select(Plain.Of)));
                }
            }
        });
        return command;
    }
}
