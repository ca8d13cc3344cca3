namespace Provision.Machine.Linux.Kernel;

/// <summary>A file that one process of the machine holds at a time (flock(2)); the kernel lets go of it when the holder dies.</summary>
internal sealed class FileLock : IDisposable
{
    private const int Exclusive = 2; // LOCK_EX
    private readonly FileStream file;

    /// <summary>Returns when nobody else holds it.</summary>
    public FileLock(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        file = new FileStream(path, options);
        while (Libc.Lock(file.SafeFileHandle, Exclusive) != 0)
        {
            if (Errno.Last is var error && error != Errno.Interrupted)
            {
                file.Dispose();
                throw new IOException($"flock of {path}: {error}");
            }
        }
    }

    public void Dispose() => file.Dispose();
}
