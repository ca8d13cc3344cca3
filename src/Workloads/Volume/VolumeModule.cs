using System.Text.Json;
using Provision.Machine;
using Provision.Machine.Storage;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;

namespace Provision.Workloads.Volume;

/// <summary>A piece of a pool that nobody else can read, with a limit that the kernel holds.</summary>
public sealed class VolumeModule : WorkloadModule<VolumeSpec, VolumeStep>, IProvidesVolume
{
    private static readonly IReadOnlyList<string> TypeTexts = ["SSD", "HDD"];

    /// <inheritdoc/>
    public override string Kind => "volume";

    /// <inheritdoc/>
    public override string Summary => "A volume: space of its own on a node's disk, with a limit.";

    /// <inheritdoc/>
    public override int Rank => 0;

    /// <inheritdoc/>
    public override IReadOnlyList<Ability> Abilities { get; } = [Ability.Volumes];

    /// <inheritdoc/>
    public override bool KeepsData => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Field> Fields { get; } =
    [
        new("size", FieldType.Number, $"How much the volume can hold, GiB, from 1 to {VolumeSpec.SizeGiBMax}.") { Required = true },
        new("type", FieldType.Text, "What it lies on.") { Choices = TypeTexts, Default = "\"SSD\"" },
    ];

    /// <inheritdoc/>
    protected override VolumeSpec? Read(JsonForm form)
    {
        var size = form.Int64("size", 1, VolumeSpec.SizeGiBMax);
        var type = form.OneOf("type", TypeTexts);
        return size is null || type is null ? null : new VolumeSpec(size.Value, type == "SSD" ? DiskType.Ssd : DiskType.Hdd);
    }

    /// <inheritdoc/>
    protected override Plan Plan(Digest reservation, Reservation order, VolumeSpec spec, MachineFacts facts)
    {
        var size = ByteSize.GiB((ulong)spec.SizeGiB);
        var pool = facts.Pools
            .Where(pool => pool.Type == spec.Type)
            .OrderByDescending(pool => pool.Free)
            .ThenBy(pool => pool.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return pool is not null && size <= pool.Free
            ? new Plan([new EnsureVolume(pool.Name, reservation.ToString(), size.Bytes)], [new Claim(pool.Name, size)])
            : throw new FaultException(NoRoom(spec, size, pool));
    }

    /// <inheritdoc/>
    protected override ResourceUnits Units(VolumeSpec spec) =>
        spec.Type == DiskType.Ssd ? new(0, 0, spec.SizeGiB, 0) : new(0, 0, 0, spec.SizeGiB);

    /// <inheritdoc/>
    public VolumeName VolumeOf(Plan plan) => ((EnsureVolume)plan.Steps[0]).Name;

    /// <inheritdoc/>
    public override CanonicalJson Result(ReservationId id, Plan? plan) => CanonicalJson.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("volume_id", id.ToString());
        writer.WriteEndObject();
    });

    /// <inheritdoc/>
    public override Step ReadStep(JsonElement json)
    {
        try
        {
            return json.Deserialize(VolumeJson.Default.VolumeStep) ?? throw new JsonException("null is not a step");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new FaultException(new Fault(FaultCode.DataLoss, $"Not a step of a volume: {e.Message}"), e);
        }
    }

    /// <inheritdoc/>
    protected override CanonicalJson WriteStep(VolumeStep step) =>
        CanonicalJson.Of(JsonSerializer.Serialize(step, VolumeJson.Default.VolumeStep));

    private static string Describe(PoolFacts pool, string type)
    {
        var (portion, who) = (pool.Tighter, pool.Tighter == pool.Own ? $"the {type} pool with most room" : $"of {type} this node");
        return $"{who} has {portion.Left} left of the {portion.Offered} offered, {portion.Promised} are promised";
    }

    private static Fault NoRoom(VolumeSpec spec, ByteSize size, PoolFacts? largest)
    {
        var type = TypeTexts[spec.Type == DiskType.Ssd ? 0 : 1];
        return largest is null
            ? new Fault(FaultCode.OutOfCapacity, $"This node has no {type} pool", "Order the other type, or on another node.")
            {
                Problems = new Problems([new Problem($"{DataPointer}/type", $"is {type}", "choose a type that the node has")]),
            }
            : new Fault(FaultCode.OutOfCapacity, $"Not enough room for a volume of {size}", "Order less, or on another node.")
            {
                Problems = new Problems(
                [
                    new Problem(
                        $"{DataPointer}/size",
                        $"asks for {size}; {Describe(largest, type)}",
                        $"ask for at most {largest.Free}"),
                ]),
            };
    }
}
