using System.Diagnostics;
using Xunit;

namespace Provision.Cli.Tests.Grid;

/// <summary>A real explorer on a free port of the loopback interface, with data of its own; gone when disposed.</summary>
internal sealed class ExplorerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);
    private readonly TemporaryFolder folder = new();
    private readonly IReadOnlyList<string> names;
    private Process? process;

    private ExplorerProcess(IReadOnlyList<string> names) => this.names = names;

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>A new one that has these names besides its address.</summary>
    public static async Task<ExplorerProcess> StartNewAsync(params IReadOnlyList<string> names)
    {
        var explorer = new ExplorerProcess(names);
        try
        {
            await explorer.StartAsync();
            return explorer;
        }
        catch
        {
            await explorer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, or starts it again at the address it had.</summary>
    public async Task StartAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "../../Explorer/release/provision-explorer");
        var data = folder.File("explorer");
        var said = Path.Combine(data, "address");
        if (File.Exists(said))
        {
            // Of an explorer that was killed.
            File.Delete(said);
        }

        var listen = Address.GetLeftPart(UriPartial.Authority);
        string[] arguments = ["run", "--data", data, "--listen", listen, .. names.SelectMany(name => new[] { "--name", name })];
        process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        // Drained, so that a talkative explorer never waits for a reader.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var deadline = new CancellationTokenSource(StartTimeMax, TimeProvider.System);
        while (!File.Exists(said))
        {
            Assert.False(process.HasExited, "The explorer ended before it was ready.");
            await Task.Delay(LookInterval, TimeProvider.System, deadline.Token);
        }

        Address = new Uri(await File.ReadAllTextAsync(said, deadline.Token));
    }

    /// <summary>Ends it as a power failure would.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.Dispose();
        process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        folder.Dispose();
    }
}
