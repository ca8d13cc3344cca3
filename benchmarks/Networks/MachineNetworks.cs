using Provision.Machine.Linux.Networks;

namespace Provision.Benchmarks.Networks;

/// <summary>
/// The networks of an instance of its own in a temporary folder: the port of the machine without an engine before it. Disposing takes
/// all of them away, whatever ended the measuring.
/// </summary>
internal sealed class MachineNetworks : IAsyncDisposable
{
    /// <summary>Where the instance is.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("provision-bench-").FullName;

    /// <summary>The port.</summary>
    public LinuxNetworks Port => field ??= new LinuxNetworks(Root, [], null, TimeProvider.System);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Port.RemoveAllAsync();
        Port.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}
