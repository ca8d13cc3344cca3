using Provision.Provisioning;
using Provision.Reservations.Faults;

namespace Provision.Workloads;

/// <summary>The kinds of workload, one line each.</summary>
public static class WorkloadCatalog
{
    /// <summary>Every kind, by rank.</summary>
    public static IReadOnlyList<IWorkloadModule> All { get; } =
    [
        new Volume.VolumeModule(),
        new Network.NetworkModule(),
        new Container.ContainerModule(),
    ];

    /// <summary>The module of a kind, or null.</summary>
    public static IWorkloadModule? Find(string kind) => All.FirstOrDefault(module => module.Kind == kind);

    /// <summary>The problem of an order whose kind is not here.</summary>
    public static Problem Unknown(string kind, IEnumerable<string> known) =>
        new(
            "/reservation/type",
            $"is \"{(kind.Length <= 60 ? kind : kind[..60] + "…")}\"",
            $"choose {string.Join(" or ", known.Select(k => $"\"{k}\""))}");
}
