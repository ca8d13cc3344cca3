using Provision.Provisioning;

namespace Provision.Simulation.Faults;

/// <summary>What comes upon nodes from outside, each after a random while.</summary>
public sealed class Disasters(
    IReadOnlyList<FleetNode> nodes, ExplorerSite site, FleetUser user, FaultModel faults, Random random, TimeProvider time, Trace trace)
{
    private const int GapMaxMs = 18_000;
    private const int LastsMaxMs = 60_000;
    private static readonly TimeSpan PauseSpan = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(-40);
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    private static readonly IReadOnlyList<Disaster> Table =
    [
        new(FaultKinds.Kill, (node, _) => Do(node.Kill)),
        new(FaultKinds.Power, (node, _) => Do(node.FailPower)),
        new(FaultKinds.Pause, (node, _) => Do(node.Pause), node => node.Resume()),
        new(FaultKinds.DiskFull, (node, random) => Do(() => node.FillDisk(random.Next(3000))), node => node.FreeDisk()),
        new(FaultKinds.BitFlip, (node, _) => node.Damage.FlipBit()),
        new(FaultKinds.SegmentEmptied, (node, _) => node.Damage.EmptySegment()),
        new(FaultKinds.EmptyFile, (node, _) => node.Damage.LeaveEmptyFile()),
        new(FaultKinds.ClockBack, (node, _) => Do(() => node.StepWall(Back)), node => node.SetWallRight()),
        new(FaultKinds.ClockAhead, (node, _) => Do(() => node.StepWall(Ahead)), node => node.SetWallRight()),
        new(FaultKinds.ClockFrozen, (node, _) => Do(node.FreezeWall), node => node.SetWallRight()),
        new(FaultKinds.ClockBackReboot, (node, _) => Reboot(node, () => node.StepWall(Back)), node => node.SetWallRight()),
        new(FaultKinds.ClockAheadReboot, (node, _) => Reboot(node, () => node.StepWall(Ahead)), node => node.SetWallRight()),
        new(FaultKinds.ClockFrozenReboot, (node, _) => Reboot(node, node.FreezeWall), node => node.SetWallRight()),
        new(FaultKinds.Partition, (node, _) => Do(() => node.Link.IsCut = true), node => node.Link.IsCut = false),
        new(FaultKinds.PartitionBack, (node, _) => Do(() => node.Link.LosesAnswers = true), node => node.Link.LosesAnswers = false),
        new(FaultKinds.ContainerEnds, ByHand.EndContainer),
        new(FaultKinds.SupervisorKilled, ByHand.KillSupervisor),
        new(FaultKinds.ContainerRemoved, ByHand.RemoveContainer),
        new(FaultKinds.NamespaceRemoved, ByHand.RemoveNamespace),
        new(FaultKinds.RulesRemoved, ByHand.RemoveRules),
        new(FaultKinds.MemberRemoved, ByHand.RemoveMember),
        new(FaultKinds.LimitRemoved, ByHand.RemoveLimit),
        new(FaultKinds.VolumeRemoved, ByHand.RemoveVolume),
        new(FaultKinds.Restored, (_, _) => false),
    ];

    /// <summary>Lets them come until the time is over.</summary>
    public async Task RunAsync(TimeSpan span, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < span)
        {
            await time.DelayAsync(TimeSpan.FromMilliseconds(random.Next(1, GapMaxMs)), ct);
            if (random.Next(4) == 0)
            {
                site.BackUp();
            }

            var (disaster, node) = (Pick(), nodes[random.Next(nodes.Count)]);
            if (disaster.Kind == FaultKinds.Restored ? site.Restore() : disaster.Begin(node, random))
            {
                faults.Count(disaster.Kind);
                trace.Add(disaster.Kind == FaultKinds.Restored ? "explorer" : node.Name, disaster.Kind.Name);
                _ = EndAsync(disaster, node, ct);
            }

            await user.OrderAgainAsync();
        }
    }

    /// <summary>Ends all that lasts.</summary>
    public void End()
    {
        foreach (var node in nodes)
        {
            foreach (var disaster in Table)
            {
                disaster.End?.Invoke(node);
            }
        }
    }

    private async Task EndAsync(Disaster disaster, FleetNode node, CancellationToken ct)
    {
        if (disaster.End is { } end)
        {
            var lasts = disaster.Kind == FaultKinds.Pause ? PauseSpan : TimeSpan.FromMilliseconds(random.Next(1000, LastsMaxMs));
            await time.DelayAsync(lasts, ct);
            end(node);
        }
    }

    private Disaster Pick()
    {
        var left = random.NextDouble() * Table.Sum(disaster => disaster.Kind.Rate);
        return Table.First(disaster => (left -= disaster.Kind.Rate) < 0);
    }

    private static bool Do(Action what)
    {
        what();
        return true;
    }

    private static bool Reboot(FleetNode node, Action clock)
    {
        clock();
        node.FailPower();
        return true;
    }
}
