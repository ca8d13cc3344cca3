using System.CommandLine;
using System.CommandLine.Parsing;
using Provision.Reservations.Faults;

namespace Provision.Cli;

/// <summary>What was typed and cannot be meant, as the fault that it is. All programs have it.</summary>
internal static class UsageFault
{
    /// <summary>The fault of a command line that does not parse.</summary>
    public static Fault Of(ParseResult parsed, string program)
    {
        var command = parsed.CommandResult.Command;
        var words = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as CommandResult)
        {
            words.Insert(0, result.Command is RootCommand ? program : result.Command.Name);
        }

        var choice = command.Subcommands.Count == 0 ? "" : $"Choose {string.Join(", ", command.Subcommands.Select(sub => sub.Name))}. ";
        // The parser breaks its messages into lines; a fault is one.
        var said = parsed.Errors.SelectMany(error => error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return new Fault(FaultCode.Invalid, string.Join(' ', said), $"{choice}Run '{string.Join(' ', words)} --help'.");
    }
}
