using System.Runtime.InteropServices;
using Provision.Benchmarks;
using Provision.Grid;

// Ctrl-C ends the measuring, not the tidying up.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var report = new Report(Console.Out);
report.Head(real: Environment.IsPrivilegedProcess);
try
{
    report.Row("journal: append + fdatasync of 300 bytes", Flushes.Measure(Path.GetTempPath(), stop.Token));
    await using var grid = await TestGrid.StartAsync(new GridOptions(Simulated: !Environment.IsPrivilegedProcess));
    foreach (var (name, samples) in await LeaseTimes.MeasureAsync(grid, stop.Token))
    {
        report.Row(name, samples);
    }

    var (resident, own) = await Memory.AtRestAsync(grid.Provisiond!, stop.Token);
    report.Memory(resident, own);
    report.Row("provisiond: process start to first poll answered", await StartTimes.MeasureAsync(grid, stop.Token));
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
