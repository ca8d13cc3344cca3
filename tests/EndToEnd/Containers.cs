using System.Text.Json;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.EndToEnd;

/// <summary>What a user does with containers on a grid.</summary>
internal static class Containers
{
    /// <summary>An order for a container with this program; more of its <c>data</c> may be given as JSON members.</summary>
    public static Reservation DraftContainer(this TestGrid grid, TestImage image, string entrypoint, params string[] members) =>
        grid.Draft() with
        {
            Kind = "container",
            Data = CanonicalJson.Of(
                $$"""
                {"flist":"{{image.Reference}}","entrypoint":{{JsonSerializer.Serialize(entrypoint)}},
                {{string.Join(',', ["\"capacity\":{\"memory\":32,\"disk\":16}", .. members])}}}
                """),
        };

    /// <summary>Orders a container; its digest.</summary>
    public static async Task<Digest> OrderContainerAsync(this TestGrid grid, TestImage image, string entrypoint, params string[] members)
    {
        var order = grid.User.Sign(grid.DraftContainer(image, entrypoint, members));
        return (await grid.Client.SubmitAsync(order, CancellationToken.None)).Digest;
    }

    /// <summary>The members that mount a volume.</summary>
    public static string Mount(Digest volume, string target) =>
        $$"""
        "mounts":[{"volume_id":"{{volume}}","mountpoint":"{{target}}"}]
        """;

    /// <summary>The folder of a volume on this machine.</summary>
    public static async Task<string> VolumeFolderAsync(this TestGrid grid, Digest order) =>
        JsonElement.Parse(await grid.InventoryAsync()).GetProperty("volumes").EnumerateArray()
            .First(volume => volume.GetProperty("owner").GetString() == order.ToString())
            .GetProperty("path").GetString()!;

    /// <summary>How the node sees a workload.</summary>
    public static async Task<JsonElement> WorkloadAsync(this TestGrid grid, Digest order) =>
        (await grid.Socket.StatusAsync()).GetProperty("workloads").EnumerateArray()
            .First(workload => workload.GetProperty("digest").GetString() == order.ToString());

    /// <summary>What a container printed, once that holds this text.</summary>
    public static Task<string> LogAsync(this TestGrid grid, Digest order, string text) => Until.AnsweredAsync(
        $"\"{text}\" in the log of {order.Short}",
        async () => await grid.ProvisiondAsync("log", order.ToString()) is { ExitCode: 0, Output: var log }
            && log.Contains(text, StringComparison.Ordinal) ? log : null);

    /// <summary>The processes in the control groups of a container, by id; its supervisor is not among them.</summary>
    public static IReadOnlyList<int> ProcessesOf(Digest order) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _))
            .Where(name => Read($"/proc/{name}/cgroup").Contains(order.Short, StringComparison.Ordinal))
            .Where(name => !Read($"/proc/{name}/comm").StartsWith("conmon", StringComparison.Ordinal))
            .Select(name => int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture)),
    ];

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // It ended while we looked.
        }
    }
}
