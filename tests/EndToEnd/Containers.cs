using System.Globalization;
using System.Text.Json;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Signing;
using Provision.Reservations.Wire;

namespace Provision.EndToEnd;

/// <summary>What a user does with containers on a grid, and how others see them.</summary>
internal static class Containers
{
    private const string Capacity = "\"capacity\":";

    /// <summary>An order for a container with this program; more of its <c>data</c> may be given as JSON members.</summary>
    public static Reservation DraftContainer(this TestGrid grid, TestImage image, string entrypoint, params string[] members) =>
        grid.Draft() with { Kind = "container", Data = Data(image.Reference.ToString(), entrypoint, members) };

    /// <summary>The <c>data</c> of a container, with little memory and disk where the members do not say otherwise.</summary>
    public static CanonicalJson Data(string image, string entrypoint, params IReadOnlyList<string> members)
    {
        var usual = members.Any(member => member.StartsWith(Capacity, StringComparison.Ordinal))
            ? (string[])[]
            : [Capacity + """{"memory":32,"disk":16}"""];
        string[] all =
        [
            $"\"flist\":{JsonSerializer.Serialize(image)}", $"\"entrypoint\":{JsonSerializer.Serialize(entrypoint)}", .. usual, .. members,
        ];
        return CanonicalJson.Of($"{{{string.Join(',', all)}}}");
    }

    /// <summary>Signs an order and sends it, as the grid's user or another; its digest.</summary>
    public static async Task<Digest> SubmitAsync(this TestGrid grid, Reservation draft, KeyPair? user = null)
    {
        var owner = user ?? grid.User;
        var order = owner.Sign(draft with { User = new UserId(owner.PublicKey) });
        return (await grid.Client.SubmitAsync(order, CancellationToken.None)).Digest;
    }

    /// <summary>Orders a container; its digest.</summary>
    public static Task<Digest> OrderContainerAsync(this TestGrid grid, TestImage image, string entrypoint, params string[] members) =>
        grid.SubmitAsync(grid.DraftContainer(image, entrypoint, members));

    /// <summary>The members that mount a volume, named by its digest or alias.</summary>
    public static string Mount(object volume, string target) =>
        $$"""
        "mounts":[{"volume_id":"{{volume}}","mountpoint":"{{target}}"}]
        """;

    /// <summary>The folder of a volume or root on this machine.</summary>
    public static async Task<string> VolumeFolderAsync(this TestGrid grid, Digest order) =>
        JsonElement.Parse(await grid.InventoryAsync()).GetProperty("volumes").EnumerateArray()
            .First(volume => volume.GetProperty("owner").GetString() == order.ToString())
            .GetProperty("path").GetString()!;

    /// <summary>How the node sees a workload.</summary>
    public static async Task<JsonElement> WorkloadAsync(this TestGrid grid, Digest order) =>
        (await grid.Socket.StatusAsync()).GetProperty("workloads").EnumerateArray()
            .First(workload => workload.GetProperty("digest").GetString() == order.ToString());

    /// <summary>
    /// Returns when the daemon that runs now has looked at all it has and has nothing to do; each workload's state, by digest.
    /// </summary>
    public static Task<Dictionary<string, string>> RestAsync(this TestGrid grid) => grid.AnsweredAsync("a daemon at rest", async () =>
    {
        var status = await grid.Socket.StatusAsync();
        var workloads = status.GetProperty("workloads").EnumerateArray().ToList();
        return status.TryGetProperty("seconds_since_good_poll", out _)
            && status.GetProperty("in_hand").GetInt32() == 0
            && workloads.TrueForAll(workload => workload.GetProperty("next").GetString() == "")
                ? workloads.ToDictionary(
                    workload => workload.GetProperty("digest").GetString()!, workload => workload.GetProperty("state").GetString()!)
                : null;
    });

    /// <summary>The receipts about an order, once they say these states and no others.</summary>
    public static Task<IReadOnlyList<Receipt>> HistoryAsync(this TestGrid grid, Digest order, params ReceiptState[] states) =>
        grid.AnsweredAsync($"receipts {string.Join(", ", states)} about {order.Short}", async () =>
        {
            var view = await grid.NodesClient.FindReservationAsync(order.ToString(), CancellationToken.None);
            return view.Receipts.Select(receipt => receipt.State).SequenceEqual(states) ? view.Receipts : null;
        });

    /// <summary>What a container printed, once that holds this text.</summary>
    public static Task<string> LogAsync(this TestGrid grid, Digest order, string text) => grid.AnsweredAsync(
        $"\"{text}\" in the log of {order.Short}",
        async () => await grid.ProvisiondAsync("log", order.ToString()) is { ExitCode: 0, Output: var log }
            && log.Contains(text, StringComparison.Ordinal) ? log : null);

    /// <summary>All processes in a container.</summary>
    public static IReadOnlyList<LiveProcess> ProcessesOf(this TestGrid grid, Digest order) =>
        [.. LiveProcess.List().Where(process => grid.Traces.IsInContainer(process)
            && process.Groups.Contains(order.ToString(), StringComparison.Ordinal))];

    /// <summary>The first process of a container that runs.</summary>
    public static LiveProcess FirstProcessOf(this TestGrid grid, Digest order) =>
        FindFirstProcess(grid, order) ?? throw new InvalidOperationException($"Container {order.Short} does not run.");

    /// <summary>The supervisor of a container.</summary>
    public static LiveProcess SupervisorOf(this TestGrid grid, Digest order) =>
        grid.Traces.Supervisors.Single(process => process.CommandLine.Contains(order.ToString(), StringComparison.Ordinal));

    /// <summary>Returns when the container runs in another process than this one; that process.</summary>
    public static Task<LiveProcess> NextProcessAsync(this TestGrid grid, Digest order, LiveProcess before) =>
        grid.AnsweredAsync(
            $"another process of {order.Short}",
            () => Task.FromResult(IsStarted(grid, order) && FindFirstProcess(grid, order) is { } now && now != before ? now : null));

    /// <summary>True from when its program was started until it is taken away or started again.</summary>
    public static bool IsStarted(this TestGrid grid, Digest order) => File.Exists(Path.Combine(grid.Traces.BundleOf(order), "started"));

    private static LiveProcess? FindFirstProcess(TestGrid grid, Digest order)
    {
        var file = Path.Combine(grid.Traces.BundleOf(order), "pid");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var id)
            ? grid.ProcessesOf(order).SingleOrDefault(process => process.Id == id)
            : null;
    }
}
