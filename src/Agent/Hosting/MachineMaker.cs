using Provision.Machine.Linux;
using Provision.Machine.Linux.Clock;
using Provision.Machine.Linux.Disk;
using Provision.Machine.Linux.Storage;
using Provision.Machine.Simulated;
using Provision.Machine.Simulated.Images;
using Provision.Machine.Storage;
using Provision.Reservations;
using Provision.Reservations.Faults;
using Provision.Reservations.Signing;

namespace Provision.Agent.Hosting;

/// <summary>Takes in hand the machine that the options ask for.</summary>
internal static class MachineMaker
{
    private const string PoolName = "default";

    /// <summary>Makes the data folder. <c>Conflict</c>: it is that of the other sort of machine.</summary>
    public static void Prepare(AgentOptions options)
    {
        options.Data.Ensure();
        RequireSameMachine(options);
    }

    /// <summary>The machine; dispose of it to let go. <c>Conflict</c>: another daemon has it.</summary>
    public static async Task<MachineHold> OpenAsync(AgentOptions options, KeyPair key, CancellationToken ct)
    {
        if (options.Simulated)
        {
            return OpenSimulated(options, key);
        }

        var machine = await LinuxMachine.OpenAsync(LinuxOptions(options), key, ct);
        return new MachineHold(machine, null, machine);
    }

    /// <summary>How this machine is made up.</summary>
    public static LinuxMachineOptions LinuxOptions(AgentOptions options)
    {
        var pool = new PoolOptions(PoolName, options.PoolType);
        return new LinuxMachineOptions(
            options.Data.Machine,
            [
                options.Devices.Count > 0
                    ? pool with { Devices = options.Devices }
                    : pool with { LoopFile = new LoopFile(options.Data.PoolFile, options.PoolSize) },
            ])
        {
            ImagesFolder = options.Data.Images,
            AllowedImageHosts = options.ImageHosts,
            AllowedDestinations = options.AllowedDestinations,
            Resolvers = options.Resolvers,
        };
    }

    private static MachineHold OpenSimulated(AgentOptions options, KeyPair key)
    {
        var hold = Lock(options.Data.Lock);
        var pool = new Pool(PoolName, options.PoolType, options.PoolSize, ByteSize.Zero);
        var simulated = new SimulatedMachine(TimeProvider.System, [pool], key: key);
        simulated.Images.Serve(LocalImages.Scheme, new FolderImages(options.Data.Images).Find);

        // The journal is on the real disk and time is real: only the rest of the machine is not.
        var clock = new LinuxClock();
        SimulatedMachineFile.Attach(simulated, options.Data.SimulatedState, clock.BootId);
        Directory.CreateDirectory(options.Data.Machine);
        var disk = new LinuxDisk(options.Data.Journal);
        var machine = new ComposedMachine(simulated) { Disk = disk, Clock = clock };
        return new MachineHold(machine, simulated.Storage, disk, hold);
    }

    // What one sort of machine made, the other cannot see, and so could never take away.
    private static void RequireSameMachine(AgentOptions options)
    {
        var isSimulated = File.Exists(options.Data.SimulatedState);
        if (isSimulated != options.Simulated && (isSimulated || File.Exists(options.Data.Identity)))
        {
            throw new FaultException(
                FaultCode.Conflict,
                $"{options.Data.Path} belongs to a {(isSimulated ? "simulated" : "real")} machine",
                $"Start it {(isSimulated ? "with" : "without")} --simulated, or give this one a folder of its own with --data.");
        }
    }

    /// <summary>The lock of a simulated machine, held until it is disposed of or we die. <c>Conflict</c>: a daemon has it.</summary>
    public static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new FaultException(
                new Fault(FaultCode.Conflict, $"Another daemon holds {path}", "Stop it, or choose another folder with --data."), e);
        }
    }
}
