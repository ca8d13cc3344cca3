using System.Collections;
using System.CommandLine;
using System.Net.Sockets;
using Provision.Agent.Configuration;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Agent.Commands;

/// <summary>What all commands share: the data folder, and how a fault is told.</summary>
internal static class Verb
{
    /// <summary>The folder of one node.</summary>
    public static Option Data => ConfigurationFlags.Data;

    /// <summary>The file that may name the folder.</summary>
    public static Option Config => ConfigurationFlags.Config;

    /// <summary>Machine-readable output.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON." };

    /// <summary>Runs a command's body; an expected fault is printed with its remedy and becomes the exit code.</summary>
    public static void SetBody(this Command command, Func<ParseResult, CancellationToken, Task> body) =>
        command.SetCheck(async (arguments, ct) =>
        {
            await body(arguments, ct);
            return ExitCodes.Success;
        });

    /// <summary>The same for a body that chooses the exit code.</summary>
    public static void SetCheck(this Command command, Func<ParseResult, CancellationToken, Task<int>> body) =>
        command.SetAction(async (arguments, ct) =>
        {
            try
            {
                return await body(arguments, ct);
            }
            catch (Exception e) when (FaultOf(e) is not null)
            {
                var json = arguments.CommandResult.Command.Options.Contains(Json) && arguments.GetValue(Json);
                return await FailAsync(FaultOf(e)!, arguments.InvocationConfiguration.Error, json);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }
        });

    /// <summary>The data folder as a full path: of the flag, else of the variable, else of the file, else the default.</summary>
    /// <exception cref="FaultException">A place that may name it cannot be read.</exception>
    public static string DataOf(ParseResult arguments) =>
        NodeConfiguration.FindData(() => FileOf(arguments), Variables(), ConfigurationFlags.Read(arguments));

    /// <summary>All that a daemon with this command line is configured with.</summary>
    public static NodeConfiguration ConfigurationOf(ParseResult arguments) =>
        NodeConfiguration.Read(FileOf(arguments), Variables(), ConfigurationFlags.Read(arguments));

    // What the machine refuses to a command is told like any fault; null: it is a defect, whose trace is wanted.
    private static Fault? FaultOf(Exception exception) => exception switch
    {
        FaultException e => e.Fault,
        TypeInitializationException { InnerException: { } inner } => FaultOf(inner),
        DllNotFoundException => new Fault(
            FaultCode.Unavailable, "libsodium.so is not beside the program", "Copy it there: it is one of what eng/publish makes."),
        IOException or UnauthorizedAccessException or SocketException => new Fault(
            FaultCode.Unavailable, exception.Message, "See what the message names: its permissions, its space, whether it is there."),
        _ => null,
    };

    /// <summary>Tells a fault, as JSON or for people; its exit code.</summary>
    public static async Task<int> FailAsync(Fault fault, TextWriter error, bool json)
    {
        if (json)
        {
            await error.WriteLineAsync(Plain.Of(CanonicalJson.Build(writer => FaultJson.Write(writer, fault)).Text));
            return ExitCodes.Of(fault.Code);
        }

        await error.WriteLineAsync(Plain.Of($"error: {fault with { Remedy = null, Problems = Problems.None }}"));
        foreach (var problem in fault.Problems)
        {
            await error.WriteLineAsync(Plain.Of($"  {problem}"));
        }

        if (fault.Remedy is not null)
        {
            await error.WriteLineAsync(Plain.Of($"remedy: {fault.Remedy}"));
        }

        return ExitCodes.Of(fault.Code);
    }

    private static ConfigurationFile FileOf(ParseResult arguments) => ConfigurationFile.Choose(
        arguments.GetValue(ConfigurationFlags.Config), Environment.GetEnvironmentVariable(ConfigurationFile.Variable));

    private static Dictionary<string, string> Variables() => Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "");
}
