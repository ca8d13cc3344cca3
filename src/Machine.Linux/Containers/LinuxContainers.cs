using Provision.Machine.Containers;
using Provision.Reservations;

namespace Provision.Machine.Linux.Containers;

/// <summary>To be written.</summary>
public sealed class LinuxContainers : IContainers
{
    /// <inheritdoc/>
    public ValueTask<Container> EnsureAsync(ContainerOrder order, CancellationToken ct) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask RemoveAsync(Digest owner, TimeSpan grace, CancellationToken ct) => throw new NotImplementedException();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Container>> ListAsync(CancellationToken ct) => [];

    /// <inheritdoc/>
    public async ValueTask<Digest> NextEndAsync(CancellationToken ct)
    {
        var ended = new TaskCompletionSource<Digest>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancelled = ct.UnsafeRegister(_ => ended.TrySetCanceled(ct), null);
        return await ended.Task;
    }
}
