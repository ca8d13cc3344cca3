using Provision.Machine.Storage;
using Provision.Reservations;

namespace Provision.Machine.Simulated.Tests;

/// <summary>Simulated machines as the tests want them.</summary>
internal static class Machines
{
    public const string PoolName = "ssd";

    public const string OtherPoolName = "hdd";

    public static SimulatedMachine New(TimeProvider? time = null) => new(
        time ?? new TickingTime(),
        [
            new Pool(PoolName, DiskType.Ssd, new ByteSize(256 << 20), ByteSize.Zero),
            new Pool(OtherPoolName, DiskType.Hdd, new ByteSize(256 << 20), ByteSize.Zero),
        ],
        new Random(1));
}
