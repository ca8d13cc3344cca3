namespace Provision.Simulation.Checkers;

/// <summary>A journal that nobody damaged is read without a loss, whatever its disk did and whenever the power failed.</summary>
public sealed class JournalChecker : Checker
{
    /// <inheritdoc/>
    public override void Starts(Daemon daemon)
    {
        var reports = daemon.Engine!.Ledger.Reports;
        daemon.Node.Note($"starts with {daemon.Engine.Ledger.Workloads.Count} orders, {reports.Count} reports");
        if (reports.Count > 0 && !daemon.Node.Damage.Any)
        {
            Fail($"{daemon.Node.Name}: {reports[0]}");
        }
    }
}
