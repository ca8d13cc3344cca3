using System.CommandLine;
using Provision.Agent.Hosting;
using Provision.Machine.Linux.Disk;
using Provision.Provisioning.Journal;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Agent.Commands;

/// <summary><c>provisiond journal</c>: reads only, so it may run beside the daemon.</summary>
internal static class JournalCommand
{
    private static readonly Argument<string?> Order = new("DIGEST")
    {
        Description = "An order, or the first digits of one; without it, every order in a line.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("journal", "Print what the journal holds of an order, as JSON lines, or a line for each order.")
        {
            Order, Verb.Data, Verb.Config,
        };
        command.SetBody((arguments, ct) =>
        {
            var output = arguments.InvocationConfiguration.Output;
            var folder = new DataFolder(Verb.DataOf(arguments)).Journal;
            if (!Directory.Exists(folder))
            {
                throw new FaultException(
                    FaultCode.NotFound, $"There is no journal in {folder}", "Name the folder of the node with --data.");
            }

            return arguments.GetValue(Order) is { } order ? PrintOrderAsync(folder, order, output, ct) : PrintAllAsync(folder, output, ct);
        });
        return command;
    }

    private static async Task PrintOrderAsync(string folder, string order, TextWriter output, CancellationToken ct)
    {
        var disk = new ReadOnlyLinuxDisk(folder);
        var found = false;
        foreach (var file in (await disk.ListAsync(ct)).Where(file => Segments.TryParse(file, out _)))
        {
            foreach (var line in JournalReader.SplitLines(await disk.ReadAsync(file, ct)))
            {
                var text = System.Text.Encoding.UTF8.GetString(line.Span);
                if (text.Contains($"\"order\":\"{order}", StringComparison.Ordinal))
                {
                    found = true;
                    await output.WriteLineAsync(Plain.Of(text));
                }
            }
        }

        if (!found)
        {
            throw new FaultException(
                FaultCode.NotFound, $"The journal holds nothing of {order}", "See which orders it holds with 'provisiond journal'.");
        }
    }

    private static async Task PrintAllAsync(string folder, TextWriter output, CancellationToken ct)
    {
        var contents = await JournalReader.ReadAsync(new ReadOnlyLinuxDisk(folder), ct);
        foreach (var (order, entries) in contents.Orders)
        {
            await output.WriteLineAsync($"{order} {string.Join(' ', entries.Select(EntryJson.NameOf))}");
        }

        foreach (var report in contents.Reports)
        {
            await output.WriteLineAsync(Plain.Of($"report: {report}"));
        }
    }
}
