namespace Provision.Machine.Containers;

/// <summary>How a container ended.</summary>
/// <param name="Cause">Why it does not run.</param>
/// <param name="ExitCode">
/// What its first process returned, 0 to 255; 128 and the number of the signal when one ended it. Null when nobody knows.
/// </param>
public sealed record ContainerEnd(EndCause Cause, int? ExitCode)
{
    /// <inheritdoc/>
    public override string ToString() => Cause switch
    {
        EndCause.Exited => $"it ended with exit code {ExitCode}",
        EndCause.OutOfMemory => $"it used more memory than it leased and was ended (exit code {ExitCode})",
        EndCause.SupervisorLost => "its supervisor was killed: how it ended is unknown",
        _ => "the machine was rebooted",
    };
}
