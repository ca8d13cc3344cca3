using Provision.Machine.Containers;
using Provision.Machine.Processes;

namespace Provision.Machine.Linux.Containers;

/// <summary>A container as its files and processes show it.</summary>
/// <param name="Container">What others are told of it.</param>
/// <param name="Record">What is kept of it.</param>
/// <param name="Started">False when a daemon died, or failed, before its program was started; then it is told how it was before.</param>
internal sealed record ContainerState(Container Container, ContainerRecord Record, bool Started)
{
    /// <summary>Who waits for its end; null when nobody does.</summary>
    public RunningProcess? Supervisor { get; init; }

    /// <summary>True when its program never ran at all.</summary>
    public bool NeverRan => !Started && Record.Before is null;

    /// <summary>The record of its next start.</summary>
    public ContainerRecord Next(string epoch) =>
        Started ? new(epoch, Record.Restarts + 1, Container.End) : Record with { Epoch = epoch };
}
