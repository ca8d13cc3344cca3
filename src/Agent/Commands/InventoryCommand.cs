using System.CommandLine;
using System.Text.Json;
using Provision.Agent.Hosting;
using Provision.Agent.Status;
using Provision.Reservations;

namespace Provision.Agent.Commands;

/// <summary><c>provisiond inventory</c>.</summary>
internal static class InventoryCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("inventory", "Everything on the machine that carries our mark.") { Verb.Data, Verb.Config, Verb.Json };
        command.SetBody(async (arguments, ct) =>
        {
            var folder = new DataFolder(Verb.DataOf(arguments));
            var inventory = await StatusClient.AskAsync(folder.Socket, "inventory", ct);
            var output = arguments.InvocationConfiguration.Output;
            foreach (var line in arguments.GetValue(Verb.Json) ? [inventory.GetRawText()] : LinesOf(inventory))
            {
                await output.WriteLineAsync(line);
            }
        });
        return command;
    }

    private static IEnumerable<string> LinesOf(JsonElement inventory) =>
    [
        .. All(inventory, "pools").Select(pool =>
            $"pool     {Text(pool, "name")} {Text(pool, "type")} {new ByteSize(pool.GetProperty("size").GetInt64())}"),
        .. All(inventory, "volumes").Select(volume => $"volume   {Text(volume, "owner")} {LimitOf(volume)} {Text(volume, "path")}"),
        .. All(inventory, "images").Select(image => $"image    {Text(image, "digest")} {HoldersOf(image)}"),
        .. All(inventory, "networks").SelectMany(network => All(network, "members")
            .Select(member => $"member   {Text(member, "owner")} of {Text(network, "id")} at {Joined(member, "addresses")}")
            .Prepend($"network  {Text(network, "id")} {Text(network, "subnet")} {HoldersOf(network)}")),
        .. All(inventory, "containers").Select(container =>
            $"container {Text(container, "owner")} {(container.GetProperty("runs").GetBoolean() ? "runs" : "ended")}"),
        .. All(inventory, "processes").Select(process => $"process  {process.GetString()}"),
    ];

    private static string LimitOf(JsonElement volume) =>
        volume.TryGetProperty("limit", out var bytes) ? new ByteSize(bytes.GetInt64()).ToString() : "no limit";

    private static string HoldersOf(JsonElement thing) =>
        thing.GetProperty("holders").GetArrayLength() is var holders and > 0 ? $"for {holders}" : "unused";

    private static string Joined(JsonElement thing, string name) => string.Join(' ', All(thing, name).Select(one => one.GetString()));

    private static string? Text(JsonElement thing, string name) => thing.GetProperty(name).GetString();

    private static JsonElement.ArrayEnumerator All(JsonElement thing, string name) => thing.GetProperty(name).EnumerateArray();
}
