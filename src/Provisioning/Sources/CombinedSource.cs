namespace Provision.Provisioning.Sources;

/// <summary>Several sources as one: when one ends with an exception, all end.</summary>
public sealed class CombinedSource(params IReadOnlyList<IReservationSource> sources) : IReservationSource
{
    /// <inheritdoc/>
    public Task RunAsync(CancellationToken ct) => Together.RunAsync(
        ct, [.. sources.Select<IReservationSource, Func<CancellationToken, Task>>(source => source.RunAsync)]);
}
