using Provision.Explorer.Client;
using Provision.Reservations.Signing;
using Xunit;

namespace Provision.Cli.Tests.Grid;

/// <summary>Tests of verbs against a real explorer, which each of them has to itself.</summary>
public abstract class OnExplorer : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private ExplorerProcess? explorer;
    private ExplorerClient? client;

    /// <summary>The explorer, asked as nobody.</summary>
    protected ExplorerClient Client => client ?? throw new InvalidOperationException("The explorer was not started.");

    public async ValueTask InitializeAsync()
    {
        try
        {
            SeedFile.Save(Seed("user"), KeyPair.Create());
            SeedFile.Save(Seed("stranger"), KeyPair.Create());
            explorer = await ExplorerProcess.StartNewAsync();
            client = ExplorerClient.Create(explorer.Address, null);
            await PrepareAsync();
        }
        catch
        {
            // Who failed to begin is not asked to end.
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (explorer is not null)
        {
            await explorer.DisposeAsync();
        }

        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the explorer knows before each test.</summary>
    protected abstract Task PrepareAsync();

    /// <summary>The file of an identity: <c>user</c> or <c>stranger</c>.</summary>
    protected string Seed(string name) => folder.File($"{name}.seed");

    /// <summary>Runs <c>provision</c> as one of them.</summary>
    internal Task<CommandRun> RunAsAsync(string identity, params IReadOnlyList<string> args) =>
        CommandRun.OfAsync(["--identity", Seed(identity), "--explorer", explorer!.Address.ToString(), .. args]);
}
