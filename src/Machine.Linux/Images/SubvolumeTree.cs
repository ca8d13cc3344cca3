using Microsoft.Win32.SafeHandles;
using Provision.Images;
using Provision.Machine.Linux.Kernel;
using Provision.Reservations.Faults;
using Provision.Reservations.Wire;
using FileAttributes = Provision.Images.FileAttributes;

namespace Provision.Machine.Linux.Images;

/// <summary>
/// The files of an image in a subvolume that is being made. What the image says is a stranger's: every path is resolved by the kernel
/// below the subvolume (openat2(2), RESOLVE_IN_ROOT), whatever links it goes through, and its last part is made without being followed.
/// Nobody else writes into the subvolume meanwhile. Faults are <c>Invalid</c> (what the image says cannot be), <c>OutOfCapacity</c> (the
/// limit of the subvolume) and <c>Unavailable</c>. Owners are stored as they are: containers see them through an idmapped mount.
/// </summary>
/// <param name="root">The subvolume, open.</param>
/// <param name="ct">Asked at every file: links that lead through links can make each a matter of milliseconds.</param>
internal sealed class SubvolumeTree(SafeFileHandle root, CancellationToken ct) : IFileTree
{
    private static readonly FileAttributes Above = new(0x1ed, 0, 0, DateTimeOffset.UnixEpoch); // 0755, of root

    private readonly byte[] buffer = new byte[1 << 17];

    /// <inheritdoc/>
    public void AddFolder(string path, FileAttributes attributes)
    {
        if (path.Length == 0)
        {
            SetAttributes(root, ".", attributes, path);
            return;
        }

        using var place = MakePlace(path);
        MakeFolder(place, path);
        SetAttributes(place.Folder, place.Name, attributes, path);
    }

    /// <inheritdoc/>
    public void AddFile(string path, Stream content, long size, FileAttributes attributes)
    {
        using var place = MakePlace(path);
        Clear(place.Folder, place.Name, path);
        Check(Beneath.CreateFile(place.Folder, place.Name, out var file), path, "cannot be made");
        using (file)
        {
            Copy(content, size, file, path);
        }

        SetAttributes(place.Folder, place.Name, attributes, path);
    }

    /// <inheritdoc/>
    public void AddSymbolicLink(string path, string target, FileAttributes attributes)
    {
        if (target.Length == 0 || target.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid(path, "is a link that leads nowhere");
        }

        using var place = MakePlace(path);
        Clear(place.Folder, place.Name, path);
        Check(Beneath.CreateLink(place.Folder, place.Name, target), path, "cannot be made");
        Check(Beneath.SetOwner(place.Folder, place.Name, attributes.Uid, attributes.Gid), path, "cannot be given its owner");
        SetTime(place.Folder, place.Name, attributes, path);
    }

    /// <inheritdoc/>
    public void AddHardLink(string path, string target)
    {
        using var old = FindPlace(target) ?? throw Invalid(path, $"is a second name of {Quote(target)}, which is not there");
        using var place = MakePlace(path);
        Clear(place.Folder, place.Name, path);
        var error = Beneath.CreateName(place.Folder, place.Name, old.Folder, old.Name);
        Check(error, path, $"cannot be a second name of {Quote(target)}");
    }

    /// <inheritdoc/>
    public void Remove(string path)
    {
        using var place = FindPlace(path);
        if (place is not null)
        {
            Clear(place.Folder, place.Name, path);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string folder)
    {
        CheckPath(folder);
        var error = Beneath.OpenFolder(root, folder, follow: false, out var opened);
        using (opened)
        {
            if (IsAbsent(error))
            {
                return [];
            }

            Check(error, folder, "cannot be listed");
            return Beneath.List(opened);
        }
    }

    private void Copy(Stream content, long size, SafeFileHandle file, string path)
    {
        for (var at = 0L; at < size;)
        {
            ct.ThrowIfCancellationRequested();
            var count = content.Read(buffer, 0, (int)Math.Min(buffer.Length, size - at));
            if (count == 0)
            {
                throw Invalid(path, $"ends after {at} of {size} bytes");
            }

            Check(Beneath.Write(file, buffer.AsSpan(0, count)), path, "cannot be written");
            at += count;
        }
    }

    private static void MakeFolder(Place place, string path)
    {
        var error = Beneath.CreateFolder(place.Folder, place.Name);
        if (error == Errno.Exists)
        {
            // A folder keeps what it holds; whatever else is there goes.
            error = Beneath.Remove(place.Folder, place.Name);
            error = error == Errno.IsFolder ? null : error ?? Beneath.CreateFolder(place.Folder, place.Name);
        }

        Check(error, path, "cannot be made");
    }

    private static void SetAttributes(SafeFileHandle folder, string name, FileAttributes attributes, string path)
    {
        // In this order: a new owner costs a file its set-user-id bit.
        Check(Beneath.SetOwner(folder, name, attributes.Uid, attributes.Gid), path, "cannot be given its owner");
        Check(Beneath.SetMode(folder, name, attributes.Mode & 0xfff), path, "cannot be given its mode");
        SetTime(folder, name, attributes, path);
    }

    private static void SetTime(SafeFileHandle folder, string name, FileAttributes attributes, string path)
    {
        var seconds = attributes.Modified.ToUnixTimeSeconds();
        var rest = attributes.Modified.UtcTicks - DateTimeOffset.FromUnixTimeSeconds(seconds).UtcTicks;
        Check(Beneath.SetTime(folder, name, seconds, rest * TimeSpan.NanosecondsPerTick), path, "cannot be given its time");
    }

    /// <summary>Where the path is, the folders above it made when they are missing.</summary>
    private Place MakePlace(string path)
    {
        CheckPath(path);
        var slash = path.LastIndexOf('/');
        var (above, name) = slash < 0 ? ("", path) : (path[..slash], path[(slash + 1)..]);
        if (name.Length == 0)
        {
            throw Invalid(path, "is the tree itself");
        }

        var error = Beneath.OpenFolder(root, above, follow: true, out var folder);
        if (error == Errno.NoEntry)
        {
            folder.Dispose();
            MakeAbove(above);
            error = Beneath.OpenFolder(root, above, follow: true, out folder);
        }

        Check(error, path, "cannot be reached");
        return new Place(folder, name);
    }

    /// <summary>From the top, and not by calling itself: a path may have two thousand parts.</summary>
    private void MakeAbove(string path)
    {
        for (var end = path.IndexOf('/', StringComparison.Ordinal); ; end = path.IndexOf('/', end + 1))
        {
            var part = end < 0 ? path : path[..end];
            var error = Beneath.OpenFolder(root, part, follow: true, out var there);
            there.Dispose();
            if (error == Errno.NoEntry)
            {
                using var place = FindPlace(part) ?? throw Invalid(part, "cannot be reached");
                Check(Beneath.CreateFolder(place.Folder, place.Name), part, "cannot be made: a link of that name leads nowhere");
                SetAttributes(place.Folder, place.Name, Above, part);
            }

            if (end < 0)
            {
                return;
            }
        }
    }

    /// <summary>Where the path is; null when there is no folder to hold it.</summary>
    private Place? FindPlace(string path)
    {
        CheckPath(path);
        var slash = path.LastIndexOf('/');
        var error = Beneath.OpenFolder(root, slash < 0 ? "" : path[..slash], follow: true, out var folder);
        if (IsAbsent(error) || path.Length == 0)
        {
            folder.Dispose();
            return null;
        }

        Check(error, path, "cannot be reached");
        return new Place(folder, path[(slash + 1)..]);
    }

    /// <summary>
    /// Takes away what has the name, however deep it is: it goes down and comes up by <c>..</c>, with one folder open at a time and the
    /// names that are left at each level, because neither files nor the stack would last for a tree that a stranger made.
    /// </summary>
    private void Clear(SafeFileHandle parent, string name, string path)
    {
        var error = Beneath.Remove(parent, name);
        if (error == Errno.NoEntry)
        {
            return;
        }

        if (error != Errno.IsFolder)
        {
            Check(error, path, "cannot be taken away");
            return;
        }

        var levels = new Stack<(string Name, Queue<string> Folders)>();
        var folder = Enter(parent, name, path);
        try
        {
            levels.Push((name, Empty(folder, path)));
            while (true)
            {
                if (levels.Peek().Folders.TryDequeue(out var next))
                {
                    Move(ref folder, next, path);
                    levels.Push((next, Empty(folder, path)));
                    continue;
                }

                var done = levels.Pop();
                if (levels.Count == 0)
                {
                    Check(Beneath.RemoveFolder(parent, done.Name), path, "cannot be taken away");
                    return;
                }

                Move(ref folder, "..", path);
                Check(Beneath.RemoveFolder(folder, done.Name), path, "cannot be taken away");
            }
        }
        finally
        {
            folder.Dispose();
        }
    }

    /// <summary>Takes away all that is no folder; returns the folders.</summary>
    private Queue<string> Empty(SafeFileHandle folder, string path)
    {
        var folders = new Queue<string>();
        foreach (var name in Beneath.List(folder))
        {
            ct.ThrowIfCancellationRequested();
            var error = Beneath.Remove(folder, name);
            if (error == Errno.IsFolder)
            {
                folders.Enqueue(name);
            }
            else
            {
                Check(error, path, "cannot be taken away");
            }
        }

        return folders;
    }

    private static void Move(ref SafeFileHandle folder, string name, string path)
    {
        var next = Enter(folder, name, path);
        folder.Dispose();
        folder = next;
    }

    private static SafeFileHandle Enter(SafeFileHandle folder, string name, string path)
    {
        Check(Beneath.EnterFolder(folder, name, out var entered), path, "cannot be entered");
        return entered;
    }

    private static bool IsAbsent(Errno? error) => error == Errno.NoEntry || error == Errno.NotFolder || error == Errno.Loop;

    // Whoever hands us paths checks them too; a part that slipped through would be the one way out of the tree.
    private void CheckPath(string path)
    {
        ct.ThrowIfCancellationRequested();
        if (path.Length > 0 && (path.Contains('\0', StringComparison.Ordinal) || path.Split('/').Any(part => part is "" or "." or "..")))
        {
            throw Invalid(path, "is no path inside the image");
        }
    }

    private static void Check(Errno? error, string path, string what)
    {
        if (error is not { } number)
        {
            return;
        }

        throw number switch
        {
            _ when number == Errno.Quota => new FaultException(
                FaultCode.OutOfCapacity, "The image is larger than the room for images", "Use a smaller image, or a node with larger pools."),
            _ when IsAbsent(number) || number == Errno.Exists || number == Errno.NameTooLong || number == Errno.NotPermitted
                || number == Errno.TooManyLinks || number == Errno.InvalidArgument || number == Errno.IsFolder =>
                Invalid(path, $"{what}: {number}"),
            _ => number.Unavailable($"{Quote(path)} of the image {what}", "Look at the pool and its disk."),
        };
    }

    private static FaultException Invalid(string path, string what) => new(
        FaultCode.Invalid, $"{Quote(path)} of the image {what}", "Build the image anew, with a tool that keeps to the OCI image layout.");

    private static string Quote(string path) => "/" + Plain.Of(path.Length > 200 ? path[..200] + "…" : path);

    private sealed record Place(SafeFileHandle Folder, string Name) : IDisposable
    {
        public void Dispose() => Folder.Dispose();
    }
}
