using System.Reflection;

namespace Provision.Simulation;

/// <summary>Runs seeds, and names the one that fails.</summary>
public static class Seed
{
    private const int LinesShown = 40;

    /// <summary>The commit that this was built from, as far as the build knew.</summary>
    public static string Commit { get; } =
        typeof(Seed).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Runs one. Null: it is well; else what is not, and how to run it again.</summary>
    public static string? Run(int seed, out Fleet fleet)
    {
        fleet = new Fleet(seed);
        try
        {
            fleet.Run();
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var what = e is InvalidOperationException ? e.Message : e.ToString();
            return $"Seed {seed} of {Commit} failed: {what}\n"
                + $"Run it again with: dotnet run --project tests/Simulation -c Release -- --seed {seed}\n"
                + string.Join('\n', fleet.Trace.Lines.TakeLast(LinesShown));
        }
    }
}
