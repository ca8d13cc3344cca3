namespace Provision.Provisioning.Sources;

/// <summary>Something that brings orders, or their end, into the journal.</summary>
public interface IReservationSource
{
    /// <summary>Runs until cancelled. What it expects to fail it retries itself; what it throws ends the engine.</summary>
    Task RunAsync(CancellationToken ct);
}
