namespace Provision.Provisioning;

/// <summary>What can be chosen about an engine.</summary>
public sealed record EngineOptions
{
    /// <summary>What new orders the farmer takes.</summary>
    public Policy Policy { get; init; } = new();

    /// <summary>How long data is kept after its lease.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// True where new orders signed by the scheme of Zero-OS v0.2.1 are taken. It leaves out ids and dates, so whoever serves them is
    /// trusted with these. What was taken stays when this is switched off.
    /// </summary>
    public bool AcceptsVersion1 { get; init; }

    /// <summary>How many workloads are worked on at once.</summary>
    public int HandsMax { get; init; } = 32;

    /// <summary>How many of these may be at a step that somebody else's server can make slow (<see cref="Step.IsSlow"/>).</summary>
    public int SlowHandsMax { get; init; } = 16;

    /// <summary>How many of those may work for one user.</summary>
    public int SlowHandsPerUser { get; init; } = 4;

    /// <summary>How long one step may take before it is given up and tried again.</summary>
    public TimeSpan StepDeadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a step of a workload that never lived is tried while its fault is transient.</summary>
    public int AttemptsMax { get; init; } = 8;

    /// <summary>After how many failures of an undo the workload is reported as stuck; it is tried on all the same.</summary>
    public int StuckAfter { get; init; } = 5;

    /// <summary>The wait after a first failure; it doubles with each further one.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between two attempts.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The wait before a container that ended is started again; it doubles with each further end.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before a container is started again.</summary>
    public TimeSpan RestartDelayMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A container that ran for this long starts over with <see cref="RestartDelay"/> when it ends.</summary>
    public TimeSpan RestartSettle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The least time that a container which was started again has to run before it is said to live.</summary>
    public TimeSpan RestartProof { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an image that no order holds is kept.</summary>
    public TimeSpan ImageKeep { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How often networks are looked at for what somebody else changed.</summary>
    public TimeSpan MendInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a poll waits for something to happen.</summary>
    public TimeSpan PollWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the clocks are written down while the engine runs.</summary>
    public TimeSpan ClockMarkInterval { get; init; } = TimeSpan.FromMinutes(10);
}
