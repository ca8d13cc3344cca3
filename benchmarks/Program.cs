using System.Runtime.InteropServices;
using Provision.Benchmarks;
using Provision.Benchmarks.Agent;
using Provision.Benchmarks.Containers;
using Provision.Benchmarks.Leases;
using Provision.Benchmarks.Networks;

// Ctrl-C ends the measuring, not the tidying up.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var report = new Report(Console.Out);
report.Head(Environment.IsPrivilegedProcess
    ? "real: btrfs on a preallocated file, in a network of its own"
    : "simulated: only root can use a real machine");
Dictionary<string, Func<Report, CancellationToken, Task>> benches = new()
{
    ["agent"] = AgentBench.RunAsync,
    ["leases"] = LeaseBench.RunAsync,
    ["containers"] = ContainerBench.RunAsync,
    ["networks"] = NetworkBench.RunAsync,
};
try
{
    foreach (var name in args)
    {
        await benches[name](report, stop.Token);
    }

    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("stopped");
    return 130;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
