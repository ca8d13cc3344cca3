using Microsoft.Win32.SafeHandles;

namespace Provision.Machine.Linux.Kernel;

/// <summary>
/// A folder that one holder on the machine has at a time (flock(2)), another instance of the daemon included; the kernel lets go of it
/// when the holder dies.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private const int Exclusive = 2; // LOCK_EX
    private readonly SafeFileHandle folder;

    /// <summary>Returns when nobody else holds it.</summary>
    public FolderLock(string path)
    {
        folder = Libc.OpenFolder(path);
        while (folder.IsInvalid || Libc.Lock(folder, Exclusive) != 0)
        {
            if (Errno.Last is var error && error != Errno.Interrupted)
            {
                folder.Dispose();
                throw new IOException($"flock of {path}: {error}");
            }
        }
    }

    public void Dispose() => folder.Dispose();
}
