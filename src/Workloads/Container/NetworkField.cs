using System.Net;
using System.Text.Json;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using Provision.Workloads.Network;

namespace Provision.Workloads.Container;

/// <summary>Reads the <c>network</c> of a container.</summary>
internal static class NetworkField
{
    /// <summary>What the wire calls the field.</summary>
    public const string Name = "network";

    /// <summary>The network; null when there is none, or when what is there cannot be one: that is reported.</summary>
    public static JoinSpec? Read(JsonForm data)
    {
        if (data.Raw(Name, required: false) is null or { Text: "null" } || data.Object(Name) is not { } form)
        {
            return null;
        }

        if (form.Flag("public_ip6") is true)
        {
            form.Refuse("public_ip6", "is not supported yet", "leave it out");
        }

        var network = form.Text("network_id");
        if (network is not null && !NetworkSpec.IsName(network))
        {
            form.Refuse("network_id", $"is \"{JsonForm.Shorten(network)}\", which is no name of a network", NetworkForm.NameRemedy);
        }

        var addresses = form.Raw("ips", required: false) is null or { Text: "null" } ? [] : ReadAddresses(form);
        return form.Close(network is null ? null : new JoinSpec(network, addresses));
    }

    private static IReadOnlyList<IPAddress> ReadAddresses(JsonForm form)
    {
        var seen = new HashSet<IPAddress>();
        return form.List("ips", JoinSpec.AddressesMax, Read);

        IPAddress? Read(JsonElement element, string pointer, ICollection<Problem> problems)
        {
            var text = JsonForm.TextOf(element);
            if (text is null || !Subnets.TryReadAddress(text, out var address))
            {
                problems.Add(new Problem(
                    pointer, $"is {JsonForm.Shorten(element.GetRawText())}", "give an IPv4 address of the network's subnet"));
                return null;
            }

            if (!seen.Add(address))
            {
                problems.Add(new Problem(pointer, $"is {address} once more", "name each address once"));
            }

            return address;
        }
    }
}
