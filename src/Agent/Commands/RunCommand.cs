using System.CommandLine;
using Provision.Agent.Hosting;
using Provision.Machine.Storage;
using Provision.Provisioning;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.Agent.Commands;

/// <summary><c>provisiond run</c>: the daemon itself, until SIGTERM or SIGINT.</summary>
internal static class RunCommand
{
    private static readonly Option<string> Explorer = new("--explorer")
    {
        Description = "The explorer to poll.",
        HelpName = "URL",
        Required = true,
    };

    private static readonly Option<string> Farm = new("--farm")
    {
        Description = "The farm this node belongs to: the farmer's id.",
        HelpName = "ID",
        Required = true,
    };

    private static readonly Option<bool> Simulated = new("--simulated")
    {
        Description = "A machine in memory: no root, nothing mounted. Volumes are kept in DIR.",
    };

    private static readonly Option<int> PoolSize = new("--pool-size")
    {
        Description = "Size of the pool on a preallocated file, GiB, where no devices are given.",
        HelpName = "GIB",
        DefaultValueFactory = _ => 4,
    };

    private static readonly Option<string[]> Devices = new("--device")
    {
        Description = "A block device that is the pool's alone; may be repeated. Instead of a file.",
        HelpName = "PATH",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string> PoolType = new("--pool-type")
    {
        Description = "What the pool lies on: SSD or HDD.",
        DefaultValueFactory = _ => "SSD",
    };

    private static readonly Option<string[]> ImageHosts = new("--image-host")
    {
        Description = "A server on a private network that images may be fetched from all the same; may be repeated.",
        HelpName = "HOST:PORT",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<double> ImageKeep = new("--image-keep")
    {
        Description = "How long an image that nobody uses is kept, in hours.",
        HelpName = "HOURS",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<bool> ZeroOs = new("--zero-os")
    {
        Description = "Take orders signed by the scheme of Zero-OS v0.2.1, too. It leaves out ids and dates: whoever serves them is "
            + "trusted with these. They change nothing that other orders made.",
    };

    private static readonly Option<double> Grace = new("--grace")
    {
        Description = "How long data is kept after its lease, in hours; 0: not at all.",
        HelpName = "HOURS",
        DefaultValueFactory = _ => 24,
    };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        PoolType.AcceptOnlyFromAmong("SSD", "HDD");
        var command = new Command(
            "run",
            "Provide what is reserved on this node until stopped. What runs outlives the daemon, which adopts it at the next start.")
        {
            Verb.Data, Explorer, Farm, PoolSize, PoolType, Devices, Grace, ImageKeep, ImageHosts, ZeroOs, Simulated,
        };
        foreach (var option in NetworkOptions.All)
        {
            command.Add(option);
        }

        command.SetBody((arguments, ct) =>
        {
            var options = Read(arguments);
            using var thread = new EngineThread();
            thread.Run(() => Daemon.RunAsync(options, thread, arguments.InvocationConfiguration.Output, ct));
            return Task.CompletedTask;
        });
        return command;
    }

    private static AgentOptions Read(ParseResult arguments)
    {
        var problems = new List<Problem>();
        var (explorer, farm) = ReadBelonging(arguments, problems);
        var size = arguments.GetValue(PoolSize);
        if (size is < 1 or > 1 << 20)
        {
            problems.Add(new Problem("--pool-size", $"is {size}", $"give 1 to {1 << 20} GiB"));
        }

        var grace = arguments.GetValue(Grace);
        if (grace is not (>= 0 and <= 24 * 365))
        {
            problems.Add(new Problem("--grace", $"is {grace}", "give 0 to 8760 hours"));
        }

        var keep = arguments.GetValue(ImageKeep);
        if (keep is not (>= 0 and <= 24 * 365))
        {
            problems.Add(new Problem("--image-keep", $"is {keep}", "give 0 to 8760 hours"));
        }

        var destinations = NetworkOptions.ReadDestinations(arguments, problems);
        var resolvers = NetworkOptions.ReadResolvers(arguments, problems);
        if (problems.Count > 0)
        {
            throw new FaultException(Fault.Invalid("The options are not valid", problems));
        }

        return new AgentOptions
        {
            Data = new DataFolder(Verb.DataOf(arguments)),
            Explorer = explorer!,
            Farm = farm,
            Simulated = arguments.GetValue(Simulated),
            PoolType = arguments.GetRequiredValue(PoolType) == "SSD" ? DiskType.Ssd : DiskType.Hdd,
            PoolSize = ByteSize.GiB((ulong)size),
            Devices = arguments.GetValue(Devices) ?? [],
            ImageHosts = arguments.GetValue(ImageHosts) ?? [],
            AllowedDestinations = destinations,
            Resolvers = resolvers,
            Engine = new EngineOptions
            {
                Grace = TimeSpan.FromHours(grace),
                ImageKeep = TimeSpan.FromHours(keep),
                AcceptsVersion1 = arguments.GetValue(ZeroOs),
            },
        };
    }

    private static (Uri? Explorer, FarmId Farm) ReadBelonging(ParseResult arguments, List<Problem> problems)
    {
        if (!Uri.TryCreate(arguments.GetRequiredValue(Explorer), UriKind.Absolute, out var explorer)
            || explorer.Scheme is not ("http" or "https"))
        {
            problems.Add(new Problem(
                "--explorer", $"is \"{arguments.GetValue(Explorer)}\", which is no address", "give one such as http://127.0.0.1:8420"));
        }

        if (!FarmId.TryParse(arguments.GetRequiredValue(Farm), out var farm))
        {
            problems.Add(new Problem(
                "--farm",
                $"is \"{arguments.GetValue(Farm)}\", which is no id",
                "give the farmer's id, as 'provision identity show' prints it"));
        }

        return (explorer, farm);
    }
}
