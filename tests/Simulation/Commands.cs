using System.Globalization;

namespace Provision.Simulation;

/// <summary>Seeds from the command line.</summary>
public static class Commands
{
    private const string Usage = "usage: --seed N | --seeds COUNT [--first N]";

    /// <summary>True when these arguments are for us, and not for the test framework.</summary>
    public static bool Knows(string[] args) => args is ["--seed" or "--seeds" or "--first", ..];

    /// <summary>Runs what the arguments ask for; 0: all is well, 1: a seed failed, 2: they ask for nothing.</summary>
    public static int Run(string[] args, TextWriter output)
    {
        var numbers = args.Chunk(2).ToLookup(pair => pair[0], pair => pair.Length == 2 && TryRead(pair[1], out var number) ? number : -1);
        if (numbers.Any(option => option.Key is not ("--seed" or "--seeds" or "--first") || option.Count() > 1 || option.First() < 0)
            || numbers.Contains("--seed") == numbers.Contains("--seeds")
            || (numbers.Contains("--seed") && numbers.Contains("--first")))
        {
            output.WriteLine(Usage);
            return 2;
        }

        output.WriteLine($"commit {Seed.Commit}");
        return numbers.Contains("--seed")
            ? RunOne(numbers["--seed"].First(), output)
            : RunMany(numbers["--first"].DefaultIfEmpty(1).First(), numbers["--seeds"].First(), output);
    }

    private static int RunOne(int seed, TextWriter output)
    {
        var failure = Seed.Run(seed, out var fleet);
        foreach (var line in fleet.Trace.Lines)
        {
            output.WriteLine(line);
        }

        foreach (var (kind, count) in fleet.Faults.Injected.Where(kind => kind.Value > 0))
        {
            output.WriteLine($"{count,6} {kind.Name}");
        }

        output.WriteLine(failure ?? fleet.Summary);
        return failure is null ? 0 : 1;
    }

    private static int RunMany(int first, int count, TextWriter output)
    {
        var table = new SeedTable();
        for (var seed = first; seed < first + count; seed++)
        {
            var failure = Seed.Run(seed, out var fleet);
            table.Add(fleet, failure is null);
            if (failure is not null)
            {
                output.WriteLine(failure);
            }
        }

        output.WriteLine($"seeds {first} to {first + count - 1}");
        output.WriteLine(table);
        return table.Failed.Count == 0 ? 0 : 1;
    }

    private static bool TryRead(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
