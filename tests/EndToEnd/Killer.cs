using Provision.Grid;

namespace Provision.EndToEnd;

/// <summary>Kills one of the programs at random moments, and starts it again.</summary>
internal sealed class Killer(TestGrid grid, bool explorer, Random random)
{
    private const int StartTimeMs = 600;

    /// <summary>How often it killed.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Kills within <paramref name="span"/> from now; one time in three once more while the program starts. Returns when it runs again,
    /// ready or not.
    /// </summary>
    public async Task StrikeAsync(TimeSpan span)
    {
        await StrikeOnceAsync(random.NextDouble() * span);
        if (random.Next(3) == 0)
        {
            await StrikeOnceAsync(TimeSpan.FromMilliseconds(random.Next(StartTimeMs)));
        }
    }

    private async Task StrikeOnceAsync(TimeSpan after)
    {
        await Task.Delay(after, TimeProvider.System);
        Count++;
        if (explorer)
        {
            await grid.Explorer!.KillAsync();
            await grid.StartExplorerAsync();
        }
        else
        {
            await grid.Provisiond!.KillAsync();
            grid.StartNode();
        }
    }
}
