using System.CommandLine;
using Microsoft.AspNetCore.Connections;
using Provision.Explorer.Storage.Sqlite;
using Provision.Reservations.Faults;

namespace Provision.Explorer.Hosting;

/// <summary><c>provision-explorer run</c>: serves until it is told to stop (SIGTERM, SIGINT), and then ends with 0.</summary>
internal static class RunCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The folder of its database.", Required = true, HelpName = "DIR" };
        var listen = new Option<string>("--listen")
        {
            Description = "Where to listen; port 0 takes a free one, which DIR/address names.",
            DefaultValueFactory = _ => ListenAddress.Default,
            HelpName = "URL",
        };
        var names = new Option<string[]>("--name")
        {
            Description = "What users and nodes call it, beside the address that they reach; may be repeated. "
                + "What is signed for others is refused.",
            DefaultValueFactory = _ => [],
            HelpName = "HOST[:PORT]",
        };
        var command = new Command("run", "Take orders, feed nodes and keep receipts until stopped.") { data, listen, names };
        command.SetAction((arguments, ct) => RunAsync(
            arguments.GetRequiredValue(data),
            arguments.GetRequiredValue(listen),
            arguments.GetValue(names) ?? [],
            arguments.InvocationConfiguration,
            ct));
        return command;
    }

    private static async Task<int> RunAsync(
        string data, string listen, IReadOnlyList<string> names, InvocationConfiguration console, CancellationToken ct)
    {
        try
        {
            var address = ListenAddress.Parse(listen);
            using var folder = DataFolder.Open(Path.GetFullPath(data));
            using var store = SqliteStore.Open(folder.Database);
            await using var app = ExplorerApp.Build(store, TimeProvider.System, address, names);
            await StartAsync(app, listen, ct);
            folder.WriteAddress(app.Urls.Single());
            await console.Output.WriteLineAsync($"provision-explorer listening on {app.Urls.Single()}");
            await app.WaitForShutdownAsync(ct);
            return 0;
        }
        catch (FaultException e)
        {
            await console.Error.WriteLineAsync($"provision-explorer: {e.Fault}");
            return 1;
        }
    }

    private static async Task StartAsync(WebApplication app, string listen, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Conflict, $"Something listens on {listen} already", "Stop it, or choose another port with --listen."), e);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new FaultException(
                new Fault(
                    FaultCode.Invalid, $"Cannot listen on {listen}: {e.Message}", "Choose an address of this machine with --listen."), e);
        }
    }
}
