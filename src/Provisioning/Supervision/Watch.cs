namespace Provision.Provisioning.Supervision;

/// <summary>What this run of the daemon knows of a container that is kept running. Times are since boot.</summary>
public sealed class Watch
{
    /// <summary>How often something was told that may mean it does not run, and what of that was looked into.</summary>
    public int Told { get; set; }

    /// <inheritdoc cref="Told"/>
    public int Looked { get; set; }

    /// <summary>As far as we know it runs. False: it is known to have ended, or was never started.</summary>
    public bool Expected { get; set; }

    /// <summary>How often it was started again since it was made, as the machine last said.</summary>
    public int Restarts { get; set; }

    /// <summary>How often it ended in a row without having run for <see cref="EngineOptions.RestartSettle"/>.</summary>
    public int Ends { get; set; }

    /// <summary>Since when it runs, as far as this daemon can tell.</summary>
    public TimeSpan? Since { get; set; }

    /// <summary>How long it is left alone after its last end.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Not started again before this.</summary>
    public TimeSpan NotBefore { get; set; }
}
