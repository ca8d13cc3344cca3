using System.CommandLine;

namespace Provision.Cli.Tests;

/// <summary>One run of the command line in this process: what it wrote, and its exit code.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    public static Task<CommandRun> OfAsync(params string[] args) => OfAsync(TimeProvider.System, args);

    public static Task<CommandRun> OfAsync(TimeProvider time, params string[] args) => OfAsync(time, Stream.Null, args);

    public static async Task<CommandRun> OfAsync(TimeProvider time, Stream input, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new InvocationConfiguration { Output = output, Error = error };
        var code = await new ProvisionCommand(time, () => input).RunAsync(args, console);
        return new CommandRun(code, output.ToString(), error.ToString());
    }
}
