using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Provision.Machine;
using Provision.Machine.Storage;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Workloads.Container;

/// <summary>A program of a stranger in a root of its own, kept running for as long as its lease.</summary>
public sealed class ContainerModule : WorkloadModule<ContainerSpec, ContainerStep>, ISupervised, IJoinsNetwork
{
    /// <summary>The kind, as orders and sealed secrets name it.</summary>
    public const string KindText = "container";

    /// <inheritdoc/>
    public override string Kind => KindText;

    /// <inheritdoc/>
    public override string Summary => "A container: a program of yours in a root of its own, kept running.";

    /// <inheritdoc/>
    public override int Rank => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<Ability> Abilities { get; } = [Ability.Images, Ability.Containers];

    /// <inheritdoc/>
    public override bool KeepsData => false;

    /// <inheritdoc/>
    public override IReadOnlyList<Field> Fields { get; } =
    [
        new("flist", FieldType.Text, "The image: local:NAME@sha256:DIGEST or https://HOST/PATH@sha256:DIGEST.")
        {
            Flag = "image",
            Required = true,
        },
        new("entrypoint", FieldType.Text, "The program and its arguments, quoted as for a shell; without it, what the image says."),
        new("env", FieldType.Map, "A variable of its environment, which anybody can read."),
        new("secret_env", FieldType.Secrets, "A variable of its environment that only the node can read."),
        new(
            "mounts",
            FieldType.List,
            "A volume of yours, by its reservation, and its path in the container; without --node, its node is the order's.")
        {
            Flag = "mount",
            Members = [new("volume_id", FieldType.Volume, "The volume."), new("mountpoint", FieldType.Text, "The path.")],
        },
        new("network/network_id", FieldType.Text, "The private network of yours that it joins, by its name; without it, it has none.")
        {
            Flag = NetworkField.Name,
            ValueName = "NAME",
        },
        new("network/ips", FieldType.Texts, "An IPv4 address of that network; the lowest free one when left out.")
        {
            Flag = "ip",
            ValueName = "ADDRESS",
        },
        new("capacity/cpu", FieldType.Number, $"How many cores it may use, up to {ContainerSpec.CoresMax}; 1 when left out."),
        new("capacity/memory", FieldType.Number, $"Its memory, MiB; {ContainerSpec.MemoryMiBDefault} when left out."),
        new(
            "capacity/disk",
            FieldType.Number,
            $"What its root may hold beside the image, MiB; {ContainerSpec.DiskMiBDefault} when left out."),
    ];

    /// <inheritdoc/>
    protected override ContainerSpec? Read(JsonForm form) => ContainerForm.Read(form);

    /// <inheritdoc/>
    protected override Plan Plan(Digest reservation, Reservation order, ContainerSpec spec, MachineFacts facts)
    {
        var mounts = spec.Mounts.Select((mount, index) => (mount.Mountpoint, Volume: Find(mount.VolumeId, index, facts))).ToList();
        var membership = spec.Network is { } network ? Membership.Choose(network, order.User, facts) : null;
        var pool = ChoosePool(spec, facts);
        RequireRoom(spec, facts);
        var (owner, image) = (reservation.ToString(), spec.Image.ToString());
        return new Plan(
            [
                new EnsureImage(pool, owner, image),
                new EnsureRoot(pool, owner, image, spec.Disk.Bytes),
                .. membership is null ? Array.Empty<Step>() : [membership.ToStep(reservation)],
                new RunContainer(pool, owner, image)
                {
                    Arguments = spec.Entrypoint,
                    Environment = spec.Environment,
                    Secrets = spec.Secrets,
                    User = order.User.ToString(),
                    Nonce = order.Nonce,
                    Mounts = [.. mounts.Select(mount => new MountStep(
                        mount.Volume.Name.Pool, mount.Volume.Name.Owner.ToString(), mount.Mountpoint))],
                    Network = membership?.Network.ToString(),
                    Cores = spec.Cores,
                    Memory = spec.Memory.Bytes,
                },
            ],
            [new Claim(pool, spec.Disk)])
        {
            Memory = spec.Memory,
            Needs = [.. mounts.Select(mount => mount.Volume.Order).Distinct()],
            Uses = membership is null ? [] : [membership.Thing],
        };
    }

    /// <inheritdoc/>
    protected override ResourceUnits Units(ContainerSpec spec) =>
        new(spec.Cores, (spec.Memory.Bytes + (1L << 30) - 1) >> 30, 0, 0);

    /// <inheritdoc/>
    public override CanonicalJson Result(ReservationId id, Plan? plan) => CanonicalJson.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("id", id.ToString());
        writer.WriteString("ipv4", FirstOf(plan, AddressFamily.InterNetwork));
        writer.WriteString("ipv6", FirstOf(plan, AddressFamily.InterNetworkV6));
        writer.WriteEndObject();
    });

    /// <inheritdoc/>
    public IReadOnlyList<IPAddress> AddressesOf(Plan plan) => [.. Addresses(plan, AddressFamily.InterNetwork)];

    /// <inheritdoc/>
    public override Step ReadStep(JsonElement json)
    {
        try
        {
            return json.Deserialize(ContainerJson.Default.ContainerStep) ?? throw new JsonException("null is not a step");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new FaultException(new Fault(FaultCode.DataLoss, $"Not a step of a container: {e.Message}"), e);
        }
    }

    /// <inheritdoc/>
    protected override CanonicalJson WriteStep(ContainerStep step) =>
        CanonicalJson.Of(JsonSerializer.Serialize(step, ContainerJson.Default.ContainerStep));

    private static IEnumerable<IPAddress> Addresses(Plan? plan, AddressFamily family) => (plan?.Steps ?? [])
        .OfType<JoinNetwork>()
        .SelectMany(step => step.Addresses)
        .Select(IPAddress.Parse)
        .Where(address => address.AddressFamily == family);

    private static string FirstOf(Plan? plan, AddressFamily family) => Addresses(plan, family).FirstOrDefault()?.ToString() ?? "";

    private static VolumeFacts Find(string id, int index, MachineFacts facts)
    {
        var found = facts.Volumes.Where(volume => volume.Order.ToString() == id || volume.Id.ToString() == id).Take(2).ToList();
        return found.Count == 1 ? found[0] : throw new FaultException(
            new Fault(
                found.Count == 0 ? FaultCode.NotFound : FaultCode.Conflict,
                found.Count == 0 ? "A volume to mount is not here" : "The id of a volume to mount means two of them",
                "Order the volume on this node first; name it by its digest.")
            {
                Problems = new Problems(
                [
                    new Problem(
                        $"{DataPointer}/mounts/{index}/volume_id",
                        found.Count == 0
                            ? $"is {id}: no volume of yours on this node whose lease runs"
                            : $"is {id}, which is not one volume",
                        "give the digest of a volume of yours on this node"),
                ]),
            });
    }

    // The root is a copy of the image, so both lie in one pool: flash before spinning disks, then where there is most room.
    private static string ChoosePool(ContainerSpec spec, MachineFacts facts)
    {
        var pool = facts.Pools
            .Where(pool => spec.Disk <= pool.Free)
            .OrderBy(pool => pool.Type != DiskType.Ssd)
            .ThenByDescending(pool => pool.Free)
            .ThenBy(pool => pool.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        if (pool is not null)
        {
            return pool.Name;
        }

        var most = facts.Pools.Select(pool => pool.Tighter).OrderByDescending(portion => portion.Left).FirstOrDefault();
        throw Lacks("disk", $"asks for {MiB(spec.Disk)}; the pool with most room has {Describe(most)}", MiB(most.Left));
    }

    private static string MiB(ByteSize size) => $"{size.Bytes >> 20} MiB";

    private static string Describe(Portion portion) =>
        $"{MiB(portion.Left)} left of the {MiB(portion.Offered)} offered, {MiB(portion.Promised)} are promised";

    private static void RequireRoom(ContainerSpec spec, MachineFacts facts)
    {
        if (spec.Cores > facts.Cores)
        {
            throw Lacks("cpu", $"asks for {spec.Cores} cores; this node has {facts.Cores}", facts.Cores);
        }

        if (spec.Cores > facts.CoresLeft)
        {
            throw Lacks(
                "cpu",
                $"asks for {spec.Cores} cores; this node has {facts.CoresLeft} left of the {facts.CoresBound} offered, "
                + $"{facts.CoresPromised} are promised",
                facts.CoresLeft);
        }

        var memory = facts.MemoryPortion;
        if (spec.Memory > memory.Left)
        {
            throw Lacks("memory", $"asks for {MiB(spec.Memory)}; this node has {Describe(memory)}", MiB(memory.Left));
        }
    }

    private static FaultException Lacks(string what, string reason, object most) => new(
        new Fault(FaultCode.OutOfCapacity, $"Not enough {what} for the container", "Order less, or on another node.")
        {
            Problems = new Problems([new Problem($"{DataPointer}/capacity/{what}", reason, $"ask for at most {most}")]),
        });
}
