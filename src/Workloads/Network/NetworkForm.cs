using System.Net;
using System.Text.Json;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Secrets;
using Provision.Reservations.Wire;

namespace Provision.Workloads.Network;

/// <summary>Reads a network's <c>data</c>, and finds everything that is wrong with it.</summary>
internal static class NetworkForm
{
    private const int ResourcesMax = 1000;
    private const int WireGuardKeySize = 32;

    /// <summary>The spec; null when problems were reported.</summary>
    public static NetworkSpec? Read(JsonForm form)
    {
        form.Text("net_id", required: false, sizeMax: NetworkSpec.NameSizeMax);
        var name = form.Text("name");
        if (name is not null && !NetworkSpec.IsName(name))
        {
            form.Refuse("name", $"is \"{JsonForm.Shorten(name)}\"", NameRemedy);
        }

        var range = ReadNetwork(form, "ip_range", NetworkSpec.RangePrefixMin, NetworkSpec.RangePrefixMax);
        var resource = ReadResource(form, range);
        var usual = range ?? IPNetwork.Parse(NetworkSpec.RangeDefault);
        return name is null
            ? null
            : new NetworkSpec(
                name,
                resource?.Subnet ?? Subnets.UsualIn(usual),
                resource?.Node,
                resource?.Subnet is not null ? "net_resources/0/subnet" : range is not null ? "ip_range" : "name");
    }

    /// <summary>What to do about a name that cannot be one.</summary>
    public static string NameRemedy => $"use 1 to {NetworkSpec.NameSizeMax} letters, digits, \".\", \"_\" and \"-\"";

    private static Resource? ReadResource(JsonForm form, IPNetwork? range)
    {
        if (form.Raw("net_resources", required: false) is null or { Text: "null" })
        {
            return null;
        }

        var resources = form.List("net_resources", ResourcesMax, (element, pointer, problems) =>
        {
            var inner = JsonForm.Open(element, pointer, problems);
            return inner?.Close(ReadResource(inner, range, problems));
        });
        if (resources.Count > 1)
        {
            form.Refuse(
                "net_resources",
                $"has {resources.Count} parts: networks of several nodes are not supported yet",
                "order a network of one node, and leave out the others");
        }

        return resources.FirstOrDefault();
    }

    private static Resource ReadResource(JsonForm form, IPNetwork? range, ICollection<Problem> problems)
    {
        NodeId? node = IsGiven(form, "node_id") ? form.Parsed<NodeId>("node_id", NodeId.TryParse, "the id of a node") : null;
        var subnet = ReadNetwork(form, "subnet", NetworkSpec.SubnetPrefixMin, NetworkSpec.SubnetPrefixMax);
        if (subnet is { } inner && range is { } outer && !outer.Contains(inner.BaseAddress))
        {
            form.Refuse("subnet", $"is {inner}, which is not in ip_range {outer}", "give a subnet of that range");
        }

        CheckWireGuard(form);
        if (form.Raw("peers", required: false) is { } peers && peers.Text is not ("null" or "[]"))
        {
            form.Refuse("peers", "are not supported yet: networks of several nodes", "leave them out");
        }

        return new Resource(node, subnet);
    }

    // What Zero-OS's clients write for other nodes. It is kept nowhere, for as long as there are no such networks.
    private static void CheckWireGuard(JsonForm form)
    {
        if (form.Text("wg_private_key", required: false, SealedSecret.TextMax) is { Length: > 0 } secret && !SealedSecret.HasForm(secret))
        {
            form.Refuse("wg_private_key", "is not sealed", "seal it to the node, or leave it out");
        }

        if (form.Text("wg_public_key", required: false) is { Length: > 0 } key
            && (!Convert.TryFromBase64String(key, new byte[key.Length], out var size) || size != WireGuardKeySize))
        {
            form.Refuse(
                "wg_public_key", $"is \"{JsonForm.Shorten(key)}\"", "give the 32 bytes of a WireGuard key in base64, or leave it out");
        }

        form.Int64("wg_listen_port", 0, ushort.MaxValue, required: false);
    }

    // Null when it is left out, and when it is no network that anybody can have: that is reported.
    private static IPNetwork? ReadNetwork(JsonForm form, string field, int prefixMin, int prefixMax)
    {
        if (!IsGiven(form, field) || form.Text(field) is not { } text)
        {
            return null;
        }

        if (!Subnets.TryRead(text, prefixMin, prefixMax, out var network, out var remedy))
        {
            form.Refuse(field, $"is \"{JsonForm.Shorten(text)}\"", remedy);
            return null;
        }

        if (Subnets.MeaningOf(network) is { } meaning)
        {
            form.Refuse(
                field,
                $"is {network}, which has addresses of {meaning}",
                "give a range of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16");
            return null;
        }

        return network;
    }

    // Zero-OS's clients write an empty text for what they leave out.
    private static bool IsGiven(JsonForm form, string field) =>
        form.Raw(field, required: false)?.ToElement() is { } value && !(value.ValueKind == JsonValueKind.String && value.ValueEquals(""));

    private sealed record Resource(NodeId? Node, IPNetwork? Subnet);
}
