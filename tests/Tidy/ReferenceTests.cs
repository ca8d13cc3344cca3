using System.Xml.Linq;
using Xunit;

namespace Provision.Tidy;

/// <summary>Who may know whom. The shape of the whole rests on this table.</summary>
public sealed class ReferenceTests
{
    // Each with the reason why it needs to know; what is not here, it may not know.
    private static readonly Dictionary<string, Dictionary<string, string>> Allowed = new()
    {
        ["Reservations"] = [],
        ["Machine"] = new() { ["Reservations"] = "things on a machine carry the digest of their order; faults are one vocabulary" },
        ["Images"] = new()
        {
            ["Machine"] = "the words of its port: reference and config",
            ["Reservations"] = "digests and faults",
        },
        ["Machine.Linux"] = new()
        {
            ["Images"] = "what it unpacks",
            ["Machine"] = "the ports it implements",
            ["Reservations"] = "digests and faults",
        },
        ["Machine.Simulated"] = new()
        {
            ["Images"] = "what it reads, and does not unpack",
            ["Machine"] = "the ports it implements",
            ["Reservations"] = "digests and faults",
        },
        ["Provisioning"] = new()
        {
            ["Reservations"] = "orders come in, receipts go out",
            ["Machine"] = "steps act through the ports, whatever is behind them",
        },
        ["Workloads"] = new() { ["Provisioning"] = "a kind is a module of plans and steps" },
        ["Explorer.Client"] = new()
        {
            ["Reservations"] = "what travels",
            ["Provisioning"] = "IExplorer, the port it implements",
        },
        ["Explorer"] = new()
        {
            ["Reservations"] = "what it keeps",
            ["Workloads"] = "validation only: what a node would refuse, the explorer refuses at once",
        },
        ["Agent"] = new()
        {
            ["Provisioning"] = "the engine that it composes",
            ["Explorer.Client"] = "the way to the explorer",
            ["Workloads"] = "the kinds it provides",
            ["Machine.Linux"] = "the machine",
            ["Machine.Simulated"] = "provisiond --simulated",
        },
        ["Cli"] = new()
        {
            ["Images"] = "provision image build",
            ["Explorer.Client"] = "the way to the explorer",
            ["Workloads"] = "flags and validation of each kind",
        },
    };

    private static readonly Dictionary<string, string[]> References = Repository.Projects.ToDictionary(
        project => Path.GetFileNameWithoutExtension(project.Path),
        project => XDocument.Parse(project.Text).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .ToArray());

    private static readonly string[] Sources =
    [
        .. Repository.Projects.Where(project => project.Path.StartsWith("src/", StringComparison.Ordinal))
            .Select(project => Path.GetFileNameWithoutExtension(project.Path)),
    ];

    [Fact]
    public void A_project_knows_what_the_table_allows_and_no_more() => Rule.Holds(
        Sources.Where(Allowed.ContainsKey).SelectMany(project => References[project]
            .Where(other => !Allowed[project].ContainsKey(other))
            .Select(other => $"{project} -> {other}")),
        "Turn the dependency around with a port, or move the type to where both may see it; ReferenceTests.cs says who may know whom:");

    [Fact]
    public void Every_project_of_src_is_in_the_table() => Rule.Holds(
        Sources.Where(project => !Allowed.ContainsKey(project)),
        "Say in ReferenceTests.cs what these new projects may know, each with its reason:");

    [Fact]
    public void The_table_has_no_project_that_is_not_there() => Rule.Holds(
        Allowed.Keys.Except(Sources),
        "Take these out of the table of ReferenceTests.cs; they are not in src:");

    [Theory]
    [InlineData("Explorer", "Machine.Linux", "an explorer has no machine, and must run where no root is")]
    [InlineData("Explorer", "Machine.Simulated", "an explorer has no machine")]
    [InlineData("Cli", "Machine.Linux", "the tool of users starts nothing and mounts nothing")]
    [InlineData("Cli", "Machine.Simulated", "the tool of users has no machine")]
    [InlineData("Workloads", "Machine.Linux", "a kind is pure: its steps see ports only")]
    [InlineData("Provisioning", "Machine.Linux", "the engine sees ports only, or it could not be simulated")]
    public void Not_even_by_way_of_others(string from, string to, string why) => Rule.Holds(
        Reach(from).Contains(to) ? [$"{from} -> … -> {to}"] : Array.Empty<string>(),
        $"{from} must not reach {to}: {why}. Take out the reference in between:");

    [Fact]
    public void Nothing_of_src_knows_a_test() => Rule.Holds(
        Sources.SelectMany(project => References[project].Except(Sources).Select(other => $"{project} -> {other}")),
        "Move what is needed into src:");

    private static HashSet<string> Reach(string project)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>([project]);
        while (open.TryPop(out var next))
        {
            foreach (var other in References.GetValueOrDefault(next, []).Where(reached.Add))
            {
                open.Push(other);
            }
        }

        return reached;
    }
}
