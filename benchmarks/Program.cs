using System.Runtime.InteropServices;
using Provision.Benchmarks;
using Provision.Benchmarks.Containers;
using Provision.Benchmarks.Leases;
using Provision.Benchmarks.Networks;

// Ctrl-C ends the measuring, not the tidying up.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var report = new Report(Console.Out);
report.Head(args switch
{
    ["networks"] => "none: the networks of this machine alone, in a network of their own",
    ["containers"] => "real: btrfs on a preallocated file, in a network of its own",
    _ => Environment.IsPrivilegedProcess ? "real: btrfs on a preallocated file" : "simulated: only root can use a real machine",
});
try
{
    await (args switch
    {
        ["networks"] => NetworkBench.RunAsync(report, stop.Token),
        ["containers"] => ContainerBench.RunAsync(report, stop.Token),
        _ => LeaseBench.RunAsync(report, stop.Token),
    });
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
