using System.Net;
using Provision.Agent.Hosting;
using Provision.Machine.Storage;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Workloads;

namespace Provision.Agent.Configuration;

/// <summary>
/// Every key that a daemon can be configured with. File, variables, flags, their help, the template and docs/configuration.md are made
/// from this table or held against it: one more key is one more entry, and the property that it sets.
/// </summary>
internal static class ConfigurationTable
{
    private const int HoursMax = 24 * 365;

    /// <summary>Where a node keeps what is its own; other verbs look for it, too.</summary>
    public static ConfigurationKey Data { get; } = new SingleKey<string>(
        "data",
        ValueFormats.Folder,
        (options, folder) => options with { Data = new DataFolder(Path.GetFullPath(folder)) },
        "The folder of this node: identity, journal, and what the machine needs.")
    {
        Default = DataFolder.Default, Example = DataFolder.Default, HelpName = "DIR",
    };

    /// <summary>The explorer; the doctor looks at it, too.</summary>
    public static ConfigurationKey Explorer { get; } = new SingleKey<Uri>(
        "explorer",
        ValueFormats.Address,
        (options, explorer) => options with { Explorer = explorer },
        "The explorer to poll.") { Required = true, Example = "http://127.0.0.1:8420", HelpName = "URL" };

    /// <summary>A machine in memory.</summary>
    public static ConfigurationKey Simulated { get; } = new SingleKey<bool>(
        "simulated",
        ValueFormats.Switch,
        (options, simulated) => options with { Simulated = simulated },
        "A machine in memory: no root, nothing mounted. Volumes are kept in the data folder.") { Default = "false", Example = "true" };

    /// <summary>The pool on a file.</summary>
    public static ConfigurationKey PoolSize { get; } = new SingleKey<int>(
        "pool-size",
        ValueFormats.Whole(1, 1 << 20),
        (options, size) => options with { PoolSize = ByteSize.GiB((ulong)size) },
        "Size of the pool on a preallocated file, where no devices are given.")
    {
        Default = "4", Example = "100", Unit = "GiB", HelpName = "GIB",
    };

    /// <summary>The pool on devices.</summary>
    public static ConfigurationKey Devices { get; } = new ListKey<string>(
        "device",
        ValueFormats.Device,
        (options, devices) => options with { Devices = devices },
        "A block device that is the pool's alone. Instead of a file.") { Example = "/dev/sdb", HelpName = "PATH" };

    /// <summary>Every key, as the reader of a file wants them.</summary>
    public static IReadOnlyList<ConfigurationKey> All { get; } =
        [.. Belonging(), Data, .. Pools(), .. Leases(), .. Policies(), .. Networks(), .. Watching(), Simulated];

    /// <summary>The key of this name, or null.</summary>
    public static ConfigurationKey? Find(string name) => All.FirstOrDefault(key => key.Name == name);

    private static IEnumerable<ConfigurationKey> Belonging() =>
    [
        Explorer,
        new SingleKey<FarmId>(
            "farm",
            ValueFormats.Farm,
            (options, farm) => options with { Farm = farm },
            "The farm this node belongs to: the farmer's id.")
        {
            Required = true, Example = "GpuC7WdSEQfVDYZsBmUHxia21SJi1gJtbbgn4FjZZGrX", HelpName = "ID",
        },
    ];

    private static IEnumerable<ConfigurationKey> Pools() =>
    [
        PoolSize,
        Devices,
        new SingleKey<DiskType>(
            "pool-type",
            ValueFormats.OneOf(("SSD", DiskType.Ssd), ("HDD", DiskType.Hdd)),
            (options, type) => options with { PoolType = type },
            "What the pool lies on.") { Default = "SSD", Example = "HDD", HelpName = "TYPE" },
    ];

    private static IEnumerable<ConfigurationKey> Leases() =>
    [
        new SingleKey<TimeSpan>(
            "grace",
            ValueFormats.Hours(0, HoursMax),
            (options, grace) => options with { Engine = options.Engine with { Grace = grace } },
            "How long data is kept after its lease; 0: not at all.")
        {
            Default = "24", Example = "72", Unit = "hours", HelpName = "HOURS",
        },
        new SingleKey<TimeSpan>(
            "image-keep",
            ValueFormats.Hours(0, HoursMax),
            (options, keep) => options with { Engine = options.Engine with { ImageKeep = keep } },
            "How long an image that nobody uses is kept.") { Default = "1", Example = "0.5", Unit = "hours", HelpName = "HOURS" },
        new ListKey<string>(
            "image-host",
            ValueFormats.Host,
            (options, hosts) => options with { ImageHosts = hosts },
            "A server on a private network that images may be fetched from all the same.")
        {
            Example = "192.168.1.9:5000", HelpName = "HOST:PORT",
        },
        new SingleKey<bool>(
            "zero-os",
            ValueFormats.Switch,
            (options, accepts) => options with { Engine = options.Engine with { AcceptsVersion1 = accepts } },
            "Take orders signed by the scheme of Zero-OS v0.2.1, too. It leaves out ids and dates: whoever serves them is trusted with "
            + "these. They change nothing that other orders made.") { Default = "false", Example = "true" },
    ];

    private static IEnumerable<ConfigurationKey> Policies() =>
    [
        new ListKey<UserId>(
            "user",
            ValueFormats.User,
            (options, users) => With(options, policy => policy with { Users = users.ToHashSet() }),
            "A user who may order. Without it, everybody may.")
        {
            Example = "AvDXcGyegPxqM9efmYQ8LoND5Ytj6W2LWcsBiQPoi8iL", HelpName = "ID", NeedsOne = true,
        },
        new ListKey<string>(
            "offer-kind",
            ValueFormats.OneOf([.. WorkloadCatalog.All.Select(module => (module.Kind, module.Kind))]),
            (options, kinds) => With(options, policy => policy with { Kinds = kinds.ToHashSet() }),
            "A kind of workload that may be ordered. Without it, all that the machine is able to provide.")
        {
            Example = WorkloadCatalog.All[0].Kind, HelpName = "KIND", NeedsOne = true,
        },
        new SingleKey<bool>(
            "cordon",
            ValueFormats.Switch,
            (options, cordon) => With(options, policy => policy with { Cordoned = cordon }),
            "Take no new orders. What is leased runs on, and may be extended.") { Default = "false", Example = "true" },
        Bound("offer-cru", "cores", "Most cores that are promised in all. Without it, they are shared, and their sum has no bound.",
            (bounds, units) => bounds with { Cru = units }),
        Bound("offer-mru", "GiB", "Most memory that is promised in all. Without it, all but the reserve.",
            (bounds, units) => bounds with { Mru = units }),
        Bound("offer-sru", "GiB", "Most flash that is promised in all. Without it, what the pool has.",
            (bounds, units) => bounds with { Sru = units }),
        Bound("offer-hru", "GiB", "Most spinning disk that is promised in all. Without it, what the pool has.",
            (bounds, units) => bounds with { Hru = units }),
        new SingleKey<int>(
            "reserve-memory",
            ValueFormats.Whole(0, 1 << 30),
            (options, size) => With(options, policy => policy with { MemoryReserve = new ByteSize((long)size << 20) }),
            "Memory that is kept for the machine itself. Without it, an eighth, and 512 MiB at least.")
        {
            Example = "2048", Unit = "MiB", HelpName = "MIB",
        },
        new SingleKey<int>(
            "reserve-pool",
            ValueFormats.Whole(0, 1 << 20),
            (options, size) => With(options, policy => policy with { PoolReserve = ByteSize.GiB((ulong)size) }),
            "Space of the pool that no order gets. Images are unpacked there, too, and no order claims what they take.")
        {
            Default = "0", Example = "20", Unit = "GiB", HelpName = "GIB",
        },
    ];

    private static SingleKey<int> Bound(string name, string unit, string meaning, Func<UnitBounds, long, UnitBounds> set) => new(
        name,
        ValueFormats.Whole(0, 1 << 30),
        (options, units) => With(options, policy => policy with { Bounds = set(policy.Bounds, units) }),
        meaning) { Example = "64", Unit = unit, HelpName = "COUNT" };

    private static AgentOptions With(AgentOptions options, Func<Policy, Policy> change) =>
        options with { Engine = options.Engine with { Policy = change(options.Engine.Policy) } };

    private static IEnumerable<ConfigurationKey> Networks() =>
    [
        new ListKey<IPNetwork>(
            "allow-lan",
            ValueFormats.Network,
            (options, networks) => options with { AllowedDestinations = networks },
            "Where private networks may go although it is not the internet: this machine, its neighbours.")
        {
            Example = "192.168.1.0/24", HelpName = "CIDR",
        },
        new ListKey<IPAddress>(
            "resolver",
            ValueFormats.IPv4,
            (options, resolvers) => options with { Resolvers = resolvers.Count > 0 ? resolvers : null },
            "Who private networks ask for names. Without it, whom this machine asks.") { Example = "9.9.9.9", HelpName = "IP" },
    ];

    private static IEnumerable<ConfigurationKey> Watching() =>
    [
        new SingleKey<LogLevel>(
            "log-level",
            ValueFormats.OneOf(
                ("error", LogLevel.Error), ("warning", LogLevel.Warning), ("information", LogLevel.Information), ("debug", LogLevel.Debug)),
            (options, level) => options with { LogLevel = level },
            "The least that the log on standard error tells.") { Default = "information", Example = "warning", HelpName = "LEVEL" },
        new SingleKey<IPEndPoint>(
            "metrics-listen",
            ValueFormats.EndPoint,
            (options, address) => options with { MetricsAddress = address },
            "Where metrics, and nothing else, can be fetched over TCP, by everybody who reaches it. Without it, on the status socket only.")
        {
            Example = "127.0.0.1:9430", HelpName = "IP:PORT",
        },
        new SingleKey<Uri>(
            "otlp-endpoint",
            ValueFormats.Address,
            (options, collector) => options with { Collector = collector },
            "A collector that gets a trace of each order, by OTLP over HTTP at v1/traces below this address.")
        {
            Example = "http://127.0.0.1:4318", HelpName = "URL",
        },
    ];
}
