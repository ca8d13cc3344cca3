using System.Diagnostics;

namespace Provision.Grid;

/// <summary>A program that runs beside us until it is stopped or killed; what it prints is added to its log.</summary>
public sealed class Daemon : IDisposable
{
    private static readonly TimeSpan KillTimeMax = TimeSpan.FromSeconds(30);

    private readonly Process process;

    private Daemon(Process process) => this.process = process;

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>False once it has ended.</summary>
    public bool Running => !process.HasExited;

    /// <summary>Starts it. The shell gives way to the program, so that the process is the program.</summary>
    public static Daemon Start(
        string log, string program, IReadOnlyDictionary<string, string> environment, params IReadOnlyList<string> arguments)
    {
        const string command = "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1";
        var start = new ProcessStartInfo("/bin/sh", ["-c", command, "sh", log, program, .. arguments]);

        // The runtime's sockets for debuggers would stay in the temporary folder when the program is killed.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new Daemon(Process.Start(start)!);
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public Task<int> KillAsync()
    {
        process.Kill();
        return EndAsync(KillTimeMax);
    }

    /// <summary>SIGTERM; its exit code.</summary>
    /// <exception cref="TimeoutException">It did not end within <paramref name="limit"/>.</exception>
    public Task<int> StopAsync(TimeSpan limit)
    {
        LiveProcess.Find(process.Id)?.Signal(LiveProcess.Terminate);

        return EndAsync(limit);
    }

    /// <summary>Its exit code, once it has ended.</summary>
    /// <exception cref="TimeoutException">It did not end within <paramref name="limit"/>.</exception>
    public async Task<int> EndAsync(TimeSpan limit)
    {
        await process.WaitForExitAsync().WaitAsync(limit);
        return process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose() => process.Dispose();
}
