using System.Globalization;
using System.Text.Json;
using Provision.Grid;
using Provision.Reservations;
using Provision.Reservations.Faults;

namespace Provision.EndToEnd;

/// <summary>What a tenant does in a volume: on a real machine with the kernel, on a simulated one through the daemon.</summary>
internal sealed class Tenant(TestGrid grid, Digest volume)
{
    private const string Full = "Disk quota exceeded";

    /// <summary>Writes a file of 1 MiB.</summary>
    public async Task WriteAsync(string file)
    {
        var size = new ByteSize(1 << 20);
        if (grid.Simulated)
        {
            await Until.TrueAsync("a daemon that writes", async () =>
            {
                await grid.Socket.WriteAsync(volume, file, size);
                return true;
            });
        }
        else
        {
            await File.WriteAllBytesAsync(Path.Combine(await FolderAsync(), file), Content((int)size.Bytes));
        }
    }

    /// <summary>True when the file is there, with every byte of it.</summary>
    public async Task<bool> HasAsync(string file)
    {
        if (!grid.Simulated)
        {
            var path = Path.Combine(await FolderAsync(), file);
            return File.Exists(path) && (await File.ReadAllBytesAsync(path)).AsSpan().SequenceEqual(Content(1 << 20));
        }

        using var state = JsonDocument.Parse(await File.ReadAllTextAsync(grid.In("node", "simulated.json")));
        return state.RootElement.GetProperty("volumes").EnumerateArray()
            .Where(one => one.GetProperty("owner").GetString() == volume.ToString())
            .Any(one => one.GetProperty("files").TryGetProperty(file, out var size) && size.GetInt64() == 1 << 20);
    }

    /// <summary>Asks for more than the volume's limit; true when the machine says that its quota is exceeded.</summary>
    public async Task<bool> IsLimitedAsync(long limitGiB = 1)
    {
        if (!grid.Simulated)
        {
            var length = (limitGiB * ByteSize.PerGiB).ToString(CultureInfo.InvariantCulture);
            var run = await CommandRun.RunAsync("fallocate", ["--length", length, Path.Combine(await FolderAsync(), "big")]);
            return run.ExitCode != 0 && run.Error.Contains(Full, StringComparison.Ordinal);
        }

        try
        {
            return await Until.AnsweredAsync("a daemon that answers", async () =>
            {
                await grid.Socket.WriteAsync(volume, "big", ByteSize.GiB((ulong)limitGiB));
                return "written";
            }) == "";
        }
        catch (FaultException e) when (e.Fault.What.Contains(Full, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }
    }

    private async Task<string> FolderAsync()
    {
        using var inventory = JsonDocument.Parse(await grid.InventoryAsync());
        return inventory.RootElement.GetProperty("volumes").EnumerateArray()
            .Single(one => one.GetProperty("owner").GetString() == volume.ToString())
            .GetProperty("path").GetString()!;
    }

    // Different in every place, the same each time.
    private static byte[] Content(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }
}
