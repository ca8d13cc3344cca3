using Provision.Machine;
using Provision.Machine.Images;
using Provision.Machine.Simulated;
using Provision.Machine.Simulated.Images;
using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Workloads.Conformance;

/// <summary>
/// A simulated machine, on which a crash is the death of the daemon alone,
/// or a power failure that takes what was not flushed.
/// </summary>
public sealed class SimulatedWorld : CrashWorld
{
    private readonly bool powerFails;
    private readonly Random random;
    private readonly SimulatedMachine machine;

    /// <summary>A machine with one pool of each type, 10 GiB.</summary>
    public SimulatedWorld(bool powerFails, int seed = 1)
    {
        this.powerFails = powerFails;
        random = new Random(seed);
        machine = new SimulatedMachine(Time, Pools, new Random(seed)) { Size = Size };
        machine.Images.Local.Add(Image, ImageContent);
    }

    /// <summary>The pools of the machine.</summary>
    public static IReadOnlyList<Pool> Pools { get; } =
    [
        new("flash", DiskType.Ssd, ByteSize.GiB(10), ByteSize.Zero),
        new("spin", DiskType.Hdd, ByteSize.GiB(10), ByteSize.Zero),
    ];

    /// <summary>What it has beside the pools.</summary>
    public static MachineSize Size { get; } = new(8, ByteSize.GiB(32));

    /// <summary>An image that the machine has: <c>sleep</c> and what else a simulated machine knows.</summary>
    public static ImageReference Image { get; } = new(LocalImages.Scheme, "programs", Digest.Of("programs"u8));

    /// <summary>What is in it.</summary>
    public static SimulatedImage ImageContent { get; } = new()
    {
        Config = new ImageConfig { Entrypoint = ["sleep", "3600"], Environment = ["PATH=/bin"] },
        Files = new Dictionary<string, long> { ["bin/busybox"] = 1 << 20, ["etc/passwd"] = 100 },
        Programs = ["bin/eat", "bin/exit", "bin/farewell", "bin/fill", "bin/ls", "bin/sleep", "bin/stubborn", "bin/until"],
        Users = ["root", "tenant"],
    };

    /// <inheritdoc/>
    public override IMachine Machine => machine;

    /// <summary>The same, with the verbs that only a simulated machine has.</summary>
    public SimulatedMachine Simulated => machine;

    /// <inheritdoc/>
    public override void Die()
    {
        if (powerFails)
        {
            machine.PowerFailure(random);
        }
        else
        {
            machine.DaemonDies();
        }
    }
}
