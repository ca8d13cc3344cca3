using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Agent.Commands;

/// <summary>What a farmer says about private networks.</summary>
internal static class NetworkOptions
{
    private static readonly Option<string[]> AllowLan = new("--allow-lan")
    {
        Description = "Where private networks may go although it is not the internet: this machine, its neighbours; may be repeated.",
        HelpName = "CIDR",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string[]> Resolver = new("--resolver")
    {
        Description = "Who private networks ask for names; may be repeated. Without it, whom this machine asks.",
        HelpName = "IP",
        DefaultValueFactory = _ => [],
    };

    /// <summary>The options.</summary>
    public static IReadOnlyList<Option> All { get; } = [AllowLan, Resolver];

    /// <summary>The destinations that were allowed; what is none is a problem.</summary>
    public static IReadOnlyList<IPNetwork> ReadDestinations(ParseResult arguments, ICollection<Problem> problems) =>
        ReadAll<IPNetwork>(arguments, AllowLan, TryReadNetwork, "give IPv4 networks such as 192.168.1.0/24", problems);

    /// <summary>The resolvers that were named; null: none was. What is no address is a problem.</summary>
    public static IReadOnlyList<IPAddress>? ReadResolvers(ParseResult arguments, ICollection<Problem> problems) =>
        ReadAll<IPAddress>(arguments, Resolver, TryReadAddress, "give IPv4 addresses such as 9.9.9.9", problems) is { Count: > 0 } named
            ? named
            : null;

    private static List<T> ReadAll<T>(
        ParseResult arguments, Option<string[]> option, Parser<T> parse, string remedy, ICollection<Problem> problems)
    {
        var found = new List<T>();
        foreach (var text in arguments.GetValue(option) ?? [])
        {
            if (parse(text, out var one))
            {
                found.Add(one);
            }
            else
            {
                problems.Add(new Problem(option.Name, $"is \"{text}\"", remedy));
            }
        }

        return found;
    }

    private static bool TryReadNetwork(string? text, out IPNetwork network) =>
        IPNetwork.TryParse(text, out network) && network.BaseAddress.AddressFamily == AddressFamily.InterNetwork
        && network.ToString() == text;

    private static bool TryReadAddress(string? text, out IPAddress address) =>
        IPAddress.TryParse(text, out address!) && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == text;
}
