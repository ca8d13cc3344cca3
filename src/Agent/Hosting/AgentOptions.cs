using System.Net;
using Provision.Machine.Storage;
using Provision.Provisioning;
using Provision.Reservations;

namespace Provision.Agent.Hosting;

/// <summary>
/// What a daemon is started with; <c>Configuration/ConfigurationTable.cs</c> has a key for each, whose default is the value here.
/// </summary>
internal sealed record AgentOptions
{
    /// <summary>Its folder.</summary>
    public DataFolder Data { get; init; } = new(DataFolder.Default);

    /// <summary>The explorer it polls. Nobody answers at the one that it begins with.</summary>
    public Uri Explorer { get; init; } = new("http://explorer.invalid");

    /// <summary>The farm it belongs to.</summary>
    public FarmId Farm { get; init; }

    /// <summary>A machine in memory instead of this one.</summary>
    public bool Simulated { get; init; }

    /// <summary>What the pool lies on.</summary>
    public DiskType PoolType { get; init; }

    /// <summary>Size of the pool on a file.</summary>
    public ByteSize PoolSize { get; init; } = ByteSize.GiB(4);

    /// <summary>Devices of the pool; none: a file.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Servers on private networks that images may come from, each HOST:PORT.</summary>
    public IReadOnlyList<string> ImageHosts { get; init; } = [];

    /// <summary>Where private networks may go although it is not the internet.</summary>
    public IReadOnlyList<IPNetwork> AllowedDestinations { get; init; } = [];

    /// <summary>Who private networks ask for names; null: whom this machine asks.</summary>
    public IReadOnlyList<IPAddress>? Resolvers { get; init; }

    /// <summary>The least that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Where traces go, by OTLP over HTTP; null: nowhere.</summary>
    public Uri? Collector { get; init; }

    /// <summary>Where metrics, and nothing else, can be fetched over TCP; null: only on the status socket.</summary>
    public IPEndPoint? MetricsAddress { get; init; }

    /// <summary>The engine's choices.</summary>
    public EngineOptions Engine { get; init; } = new();
}
