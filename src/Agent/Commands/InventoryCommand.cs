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
        var command = new Command("inventory", "Everything on the machine that carries our mark.") { Verb.Data, Verb.Json };
        command.SetBody(async (arguments, ct) =>
        {
            var folder = new DataFolder(Verb.DataOf(arguments));
            var inventory = await StatusClient.AskAsync(folder.Socket, HttpMethod.Get, "inventory", ct);
            var output = arguments.InvocationConfiguration.Output;
            if (arguments.GetValue(Verb.Json))
            {
                await output.WriteLineAsync(inventory.GetRawText());
            }
            else
            {
                await PrintAsync(output, inventory);
            }
        });
        return command;
    }

    private static async Task PrintAsync(TextWriter output, JsonElement inventory)
    {
        foreach (var pool in inventory.GetProperty("pools").EnumerateArray())
        {
            await output.WriteLineAsync(
                $"pool     {pool.GetProperty("name").GetString()} {pool.GetProperty("type").GetString()} "
                + $"{new ByteSize(pool.GetProperty("size").GetInt64())}");
        }

        foreach (var volume in inventory.GetProperty("volumes").EnumerateArray())
        {
            var limit = volume.TryGetProperty("limit", out var bytes) ? new ByteSize(bytes.GetInt64()).ToString() : "no limit";
            await output.WriteLineAsync(
                $"volume   {volume.GetProperty("owner").GetString()} {limit} {volume.GetProperty("path").GetString()}");
        }

        foreach (var image in inventory.GetProperty("images").EnumerateArray())
        {
            var holders = image.GetProperty("holders").GetArrayLength();
            await output.WriteLineAsync(
                $"image    {image.GetProperty("digest").GetString()} {(holders == 0 ? "unused" : $"for {holders}")}");
        }

        await PrintNetworksAsync(output, inventory);
        foreach (var container in inventory.GetProperty("containers").EnumerateArray())
        {
            var state = container.GetProperty("runs").GetBoolean() ? "runs" : "ended";
            await output.WriteLineAsync($"container {container.GetProperty("owner").GetString()} {state}");
        }

        foreach (var process in inventory.GetProperty("processes").EnumerateArray())
        {
            await output.WriteLineAsync($"process  {process.GetString()}");
        }
    }

    private static async Task PrintNetworksAsync(TextWriter output, JsonElement inventory)
    {
        foreach (var network in inventory.GetProperty("networks").EnumerateArray())
        {
            await output.WriteLineAsync(
                $"network  {network.GetProperty("id").GetString()} {network.GetProperty("subnet").GetString()} "
                + $"for {network.GetProperty("holders").GetArrayLength()}");
            foreach (var member in network.GetProperty("members").EnumerateArray())
            {
                var addresses = member.GetProperty("addresses").EnumerateArray().Select(address => address.GetString());
                await output.WriteLineAsync($"member   {member.GetProperty("owner").GetString()} {string.Join(' ', addresses)}");
            }
        }
    }
}
