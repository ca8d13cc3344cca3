using System.Runtime.InteropServices;
using Provision.Benchmarks;
using Provision.Benchmarks.Containers;
using Provision.Benchmarks.Leases;

// Ctrl-C ends the measuring, not the tidying up.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var report = new Report(Console.Out);
report.Head(real: Environment.IsPrivilegedProcess);
try
{
    await (args is ["containers"] ? ContainerBench.RunAsync(report, stop.Token) : LeaseBench.RunAsync(report, stop.Token));
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
