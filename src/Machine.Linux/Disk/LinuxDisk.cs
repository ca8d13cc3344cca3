using Provision.Machine.Disk;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations;

namespace Provision.Machine.Linux.Disk;

/// <summary>
/// A real folder, mode 0700, its files 0600. One call at a time, each on a thread of the pool, so that a slow disk holds up nobody who
/// only shares the caller's thread. An append that fails leaves the file as it was.
/// </summary>
public sealed class LinuxDisk : IDisk, IDisposable
{
    private const int OpenFilesMax = 8;

    private readonly string folder;
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<string, AppendedFile> open = new(StringComparer.Ordinal);

    /// <summary>Opens the folder, and makes it when it is not there.</summary>
    public LinuxDisk(string folder)
    {
        this.folder = Folders.Ensure(folder);
        Folders.Flush(Path.GetDirectoryName(this.folder) ?? "/");
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListAsync(CancellationToken ct) => RunAsync(
        "The folder cannot be listed", () => ReadOnlyLinuxDisk.ListFiles(folder), ct);

    /// <inheritdoc/>
    public ValueTask<byte[]> ReadAsync(string file, CancellationToken ct)
    {
        CheckName(file);
        return RunAsync(
            $"{file} cannot be read", () => open.TryGetValue(file, out var found) ? found.Read() : File.ReadAllBytes(PathOf(file)), ct);
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(string file, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        CheckName(file);
        return RunAsync($"{file} cannot grow", () => Open(file).Append(bytes.Span), ct);
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(string file, CancellationToken ct)
    {
        CheckName(file);
        return RunAsync($"{file} cannot be flushed", () => Flush(file, Find(file)), ct);
    }

    /// <inheritdoc/>
    public ValueTask TruncateAsync(string file, long length, CancellationToken ct)
    {
        CheckName(file);
        return RunAsync($"{file} cannot be cut", () => Find(file).Cut(length), ct);
    }

    /// <inheritdoc/>
    public ValueTask RenameAsync(string from, string to, CancellationToken ct)
    {
        CheckName(from);
        CheckName(to);
        return RunAsync($"{from} cannot be renamed to {to}", () => Rename(from, to), ct);
    }

    /// <inheritdoc/>
    public ValueTask<ByteSize> FreeAsync(CancellationToken ct) =>
        RunAsync("Free space is unknown", () => new ByteSize(new DriveInfo(folder).AvailableFreeSpace), ct);

    /// <summary>Closes the files; flushes nothing.</summary>
    public void Dispose()
    {
        foreach (var file in open.Values)
        {
            file.Dispose();
        }

        open.Clear();
        gate.Dispose();
    }

    private void Flush(string name, AppendedFile file)
    {
        file.Flush();
        if (!file.Named)
        {
            Folders.Flush(folder);
            open[name].Named = true;
        }
    }

    private void Rename(string from, string to)
    {
        File.Move(PathOf(from), PathOf(to), overwrite: true);
        if (from != to)
        {
            Close(to);
            if (open.Remove(from, out var file))
            {
                open.Add(to, file);
            }
        }

        Folders.Flush(folder);
    }

    private AppendedFile Find(string file) =>
        open.ContainsKey(file) || File.Exists(PathOf(file)) ? Open(file) : throw new FileNotFoundException($"There is no file {file}");

    private AppendedFile Open(string file)
    {
        if (open.TryGetValue(file, out var found))
        {
            return found;
        }

        if (open.Count >= OpenFilesMax)
        {
            foreach (var name in open.Keys.Where(name => open[name].Clean).ToList())
            {
                Close(name);
            }
        }

        return open[file] = new AppendedFile(PathOf(file));
    }

    private void Close(string file)
    {
        if (open.Remove(file, out var found))
        {
            found.Dispose();
        }
    }

    private string PathOf(string file) => Path.Combine(folder, file);

    private async ValueTask RunAsync(string what, Action action, CancellationToken ct) => await RunAsync(
        what,
        () =>
        {
            action();
            return true;
        },
        ct);

    private async ValueTask<T> RunAsync<T>(string what, Func<T> action, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            return await Blocking.RunAsync(what, $"Look at the disk that holds {folder}: it may be full or broken.", action);
        }
        finally
        {
            gate.Release();
        }
    }

    private static void CheckName(string file)
    {
        if (file is "" or "." or ".." || file.Contains('/'))
        {
            throw new ArgumentException($"\"{file}\" is not the name of a file.", nameof(file));
        }
    }
}
