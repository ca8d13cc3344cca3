using System.Text.Json;
using Provision.Machine;
using Provision.Machine.Containers;
using Provision.Machine.Images;
using Provision.Machine.Networks;
using Provision.Machine.Processes;
using Provision.Machine.Storage;

namespace Provision.Agent.Status;

/// <summary>Everything on a machine that carries our mark, sorted; what changes by itself, such as space in use, is left out.</summary>
internal sealed record Inventory(
    IReadOnlyList<Pool> Pools,
    IReadOnlyList<Volume> Volumes,
    IReadOnlyList<Image> Images,
    IReadOnlyList<Network> Networks,
    IReadOnlyList<Container> Containers,
    IReadOnlyList<RunningProcess> Processes)
{
    /// <summary>Asks the machine.</summary>
    public static async Task<Inventory> TakeAsync(IMachine machine, CancellationToken ct) => new(
        await machine.Storage.ListPoolsAsync(ct),
        await machine.Storage.ListVolumesAsync(ct),
        await machine.Images.ListAsync(ct),
        await machine.Networks.ListAsync(ct),
        await machine.Containers.ListAsync(ct),
        await machine.Processes.ListAsync(ct));

    /// <summary>Writes it as one object.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteAll(writer, "pools", Pools, pool =>
        {
            writer.WriteString("name", pool.Name);
            writer.WriteString("type", pool.Type.ToString());
            writer.WriteNumber("size", pool.Size.Bytes);
        });
        WriteAll(writer, "volumes", Volumes, volume =>
        {
            writer.WriteString("owner", volume.Name.Owner.ToString());
            writer.WriteString("pool", volume.Name.Pool);
            writer.WriteString("path", volume.Path);
            if (volume.Limit is { } limit)
            {
                writer.WriteNumber("limit", limit.Bytes);
            }
        });
        WriteAll(writer, "images", Images, image =>
        {
            writer.WriteString("digest", image.Name.Digest.ToString());
            writer.WriteString("pool", image.Name.Pool);
            WriteTexts(writer, "holders", image.Holders.Select(holder => holder.ToString()));
        });
        WriteAll(writer, "networks", Networks, network =>
        {
            writer.WriteString("id", network.Id.ToString());
            writer.WriteString("subnet", network.Subnet.ToString());
            writer.WriteString("gateway", network.Gateway.ToString());
            WriteTexts(writer, "holders", network.Holders.Select(holder => holder.ToString()));
            WriteAll(writer, "members", network.Members, member =>
            {
                writer.WriteString("owner", member.Owner.ToString());
                WriteTexts(writer, "addresses", member.Addresses.Select(address => address.ToString()));
            });
        });
        WriteAll(writer, "containers", Containers, container =>
        {
            writer.WriteString("owner", container.Owner.ToString());
            writer.WriteBoolean("runs", container.Runs);
        });
        WriteTexts(writer, "processes", Processes.Select(process => process.Name));
        writer.WriteEndObject();
    }

    private static void WriteAll<T>(Utf8JsonWriter writer, string name, IEnumerable<T> things, Action<T> write)
    {
        writer.WriteStartArray(name);
        foreach (var thing in things)
        {
            writer.WriteStartObject();
            write(thing);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
