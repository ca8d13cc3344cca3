namespace Provision.Simulation;

/// <summary>Runs seeds, and names the one that fails.</summary>
public static class Seed
{
    /// <summary>Runs one.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message says how to run it again.</exception>
    public static Fleet Run(int seed)
    {
        var fleet = new Fleet(seed);
        try
        {
            fleet.Run();
            return fleet;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var tail = string.Join('\n', fleet.Trace.Lines.TakeLast(40));
            throw new InvalidOperationException(
                $"Seed {seed} failed: {e.Message}\nRun it again with: dotnet run --project tests/Simulation -- --seed {seed}\n{tail}", e);
        }
    }
}
