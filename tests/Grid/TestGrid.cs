using System.Globalization;
using System.Text.Json.Nodes;
using Provision.Explorer.Client;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Grid;

/// <summary>
/// An explorer and a node as real programs in a temporary folder, and a user. Whatever became of them, disposing takes all of it away.
/// </summary>
public sealed class TestGrid : IAsyncDisposable
{
    // Less than a poll that has no news is held: a daemon that waits for news before it says that it polls is too late.
    private static readonly TimeSpan PollTimeMax = TimeSpan.FromSeconds(20);

    private const int LogLinesMax = 40;

    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    private readonly GridOptions options;
    private readonly FarmId farm = new(KeyPair.Create().PublicKey);
    private ExplorerClient? client;
    private ExplorerClient? nodesClient;
    private Uri? address;

    private TestGrid(GridOptions options)
    {
        this.options = options;
        Folder = Directory.CreateTempSubdirectory("provision-grid-").FullName;
        SeedFile.Save(UserSeed, User);
        Socket = new NodeSocket(In("node", "provisiond.sock"));
        Traces = new Traces(In("node"));
    }

    /// <summary>Where all of it lies: <c>explorer</c>, <c>node</c>, their logs, the user's key.</summary>
    public string Folder { get; }

    /// <summary>The node's machine is in memory.</summary>
    public bool Simulated => options.Simulated;

    /// <summary>The user who orders.</summary>
    public KeyPair User { get; } = KeyPair.Create();

    /// <summary>The user's key as a file.</summary>
    public string UserSeed => In("user.seed");

    /// <summary>Where the explorer listens, the same after each start.</summary>
    public Uri Address => address ?? throw new InvalidOperationException("The explorer was never started.");

    /// <summary>The explorer, asked as the user, and again for a while when it is away.</summary>
    public ExplorerClient Client => client ?? throw new InvalidOperationException("The explorer was never started.");

    /// <summary>The same asked as the node, which may read of everybody who ordered something there.</summary>
    public ExplorerClient NodesClient =>
        nodesClient ??= ExplorerClient.Create(Address, SeedFile.Load(In("node", "identity.seed"))).WithRetry(Until.TimeMax);

    /// <summary>The node.</summary>
    public NodeId Node { get; private set; }

    /// <summary>The node's status socket.</summary>
    public NodeSocket Socket { get; }

    /// <summary>The explorer's process, the last one that was started.</summary>
    public Daemon? Explorer { get; private set; }

    /// <summary>The node's process, the last one that was started.</summary>
    public Daemon? Provisiond { get; private set; }

    /// <summary>What the machine has of the node.</summary>
    public Traces Traces { get; }

    /// <summary>Starts both and returns when the explorer knows the node and the node has polled.</summary>
    public static async Task<TestGrid> StartAsync(GridOptions options)
    {
        var grid = new TestGrid(options);
        try
        {
            await grid.StartExplorerAsync();
            grid.StartNode();
            var node = await Until.AnsweredAsync(
                "a node that registers", async () => (await grid.Client.ListNodesAsync(CancellationToken.None)).SingleOrDefault());
            grid.Node = node.Node;
            await grid.PolledAsync();
            return grid;
        }
        catch
        {
            await grid.DisposeAsync();
            throw;
        }
    }

    /// <summary>A file or folder of the grid.</summary>
    public string In(params ReadOnlySpan<string> path) => Path.Combine([Folder, .. path]);

    /// <summary>Starts the explorer and returns when it listens: on any port the first time, on that one ever after.</summary>
    public async Task StartExplorerAsync()
    {
        var file = In("explorer", "address");
        if (File.Exists(file))
        {
            File.Delete(file); // Of the one that was killed.
        }

        Explorer = null;
        var text = await Until.AnsweredAsync("an explorer that listens", () =>
        {
            // Somebody else may have its port for a moment: then it ends, and is started again.
            if (Explorer is not { Running: true })
            {
                Explorer?.Dispose();
                var listen = address?.ToString() ?? "http://127.0.0.1:0";
                Explorer = Daemon.Start(
                    In("explorer.log"), Programs.Explorer, Nothing, "run", "--data", In("explorer"), "--listen", listen);
            }

            return Task.FromResult(File.Exists(file) ? File.ReadAllText(file) : null);
        });
        address ??= new Uri(text);
        client ??= ExplorerClient.Create(address, User).WithRetry(Until.TimeMax);
    }

    /// <summary>Starts the node's daemon; returns at once.</summary>
    /// <param name="program">A daemon of another build; null: the usual one.</param>
    /// <param name="environment">What it has besides ours.</param>
    public void StartNode(string? program = null, IReadOnlyDictionary<string, string>? environment = null) =>
        Provisiond = Daemon.Start(In("node.log"), program ?? Programs.Provisiond, environment ?? Nothing, NodeArguments());

    /// <summary>
    /// The machine loses its power, as far as the node can tell: nothing of it runs or is mounted any more. Its disk was flushed before:
    /// what was only on its way to it is not lost. The daemon is not started again.
    /// </summary>
    public async Task LosePowerAsync()
    {
        await Provisiond!.KillAsync();
        if (Simulated)
        {
            var file = In("node", "simulated.json");
            var machine = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
            machine["boot_id"] = Guid.NewGuid().ToString();
            await File.WriteAllTextAsync(file, machine.ToJsonString());
        }
        else
        {
            await Traces.RemoveAsync();
        }
    }

    /// <summary>What the node's daemon is started with; what the machine's own node is configured with is none of it.</summary>
    public IReadOnlyList<string> NodeArguments() =>
    [
        "run", "--config", "/dev/null", "--data", In("node"), "--explorer", Address.ToString(), "--farm", farm.ToString(),
        "--pool-size", options.PoolSizeGiB.ToString(CultureInfo.InvariantCulture),
        "--grace", options.GraceHours.ToString(CultureInfo.InvariantCulture),
        .. Simulated ? (string[])["--simulated"] : [],
        .. options.ZeroOs ? (string[])["--zero-os"] : [],
    ];

    /// <summary>Returns when the daemon that runs now has had an answer from the explorer.</summary>
    public Task PolledAsync() => AnsweredAsync(
        "a node that polls",
        async () => (await Socket.StatusAsync()).TryGetProperty("seconds_since_good_poll", out _) ? "" : null,
        PollTimeMax);

    /// <summary>Everything on the node's machine, once the daemon answers.</summary>
    public Task<string> InventoryAsync() =>
        AnsweredAsync("an inventory", async () => (string?)await Socket.InventoryAsync());

    /// <summary><see cref="Until.AnsweredAsync"/> about this grid: without an answer, the message tells how the node stands.</summary>
    public async Task<T> AnsweredAsync<T>(string what, Func<Task<T?>> ask, TimeSpan? limit = null)
        where T : class
    {
        try
        {
            return await Until.AnsweredAsync(what, ask, limit);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{await StoryAsync()}", e);
        }
    }

    /// <summary>Runs <c>provision</c> as this user or another.</summary>
    public Task<CommandRun> ProvisionAsync(
        IReadOnlyList<string> arguments, string? seed = null, IReadOnlyDictionary<string, string>? environment = null) =>
        CommandRun.RunAsync(Programs.Provision, arguments, new Dictionary<string, string>(environment ?? Nothing)
        {
            ["PROVISION_EXPLORER"] = Address.ToString(),
            ["PROVISION_IDENTITY"] = seed ?? UserSeed,
        });

    /// <summary>Runs a verb of <c>provisiond</c> on the node's folder.</summary>
    public Task<CommandRun> ProvisiondAsync(params IReadOnlyList<string> arguments) =>
        CommandRun.RunAsync(Programs.Provisiond, [.. arguments, "--data", In("node")]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var daemon in new[] { Provisiond, Explorer }.OfType<Daemon>())
        {
            await daemon.KillAsync();
            daemon.Dispose();
        }

        client?.Dispose();
        nodesClient?.Dispose();
        Socket.Dispose();
        try
        {
            await CleanAsync();
        }
        finally
        {
            await Traces.RemoveAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }

    // A daemon that does not answer has said why, or hangs where the kernel can tell.
    private async Task<string> StoryAsync()
    {
        string[] logs = ["explorer.log", "node.log"];
        var log = logs.SelectMany(file => File.ReadLines(In(file)).TakeLast(LogLinesMax));
        var threads = Provisiond is { Running: true } ? LiveProcess.Find(Provisiond.Id)?.Threads ?? [] : ["the daemon does not run"];
        string status;
        try
        {
            status = (await Socket.StatusAsync()).GetRawText();
        }
        catch (FaultException e)
        {
            status = e.Message;
        }

        return string.Join('\n', [.. log, .. threads, status]);
    }

    // What a node makes, it must be able to take away again, whatever happened to it: this is asserted for every test.
    private async Task CleanAsync()
    {
        if (!Simulated && Directory.Exists(In("node")))
        {
            var clean = await ProvisiondAsync("clean");
            if (clean.ExitCode != 0)
            {
                throw new InvalidOperationException($"{In("node")} could not be cleaned: {clean}");
            }
        }

        if (await Traces.ListAsync() is { Count: > 0 } left)
        {
            throw new InvalidOperationException($"The node left something behind:\n{string.Join('\n', left)}");
        }
    }
}
