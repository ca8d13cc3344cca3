using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// The names of namespaces, as ip-netns(8) gives them: each is a mount in a folder of the whole machine, so that an operator can look
/// into ours with the tools that everybody has.
/// </summary>
internal static class NamespaceFolder
{
    private const string Folder = "/run/netns";
    private const nuint Bind = 0x1000; // MS_BIND, mount(2), here and below
    private const nuint Recursive = 0x4000;
    private const nuint Shared = 1 << 20;
    private const UnixFileMode Mode = (UnixFileMode)0x1ed; // 0755
    private static readonly Lock Gate = new();

    /// <summary>Where the name is.</summary>
    public static string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>The namespace of this name; null when there is none.</summary>
    public static NetworkNamespace? Open(string name)
    {
        if (!File.Exists(PathOf(name)))
        {
            return null;
        }

        var handle = Libc.OpenUnlocked(PathOf(name));
        if (NetworkCalls.IsNetwork(handle))
        {
            return new NetworkNamespace(handle);
        }

        handle.Dispose(); // A file whose mount is gone, or is yet to come.
        return null;
    }

    /// <summary>Makes a namespace of this name, which there is not.</summary>
    public static NetworkNamespace Make(string name) => NetworkNamespace.RunInNew(() =>
    {
        Place("/proc/thread-self/ns/net", name);
        return Open(name) ?? throw new IOException($"{PathOf(name)} was taken away at once.");
    });

    /// <summary>Gives a namespace this name, which nothing has.</summary>
    public static NetworkNamespace Name(SafeFileHandle handle, string name)
    {
        Place($"/proc/self/fd/{handle.DangerousGetHandle()}", name);
        return new NetworkNamespace(handle);
    }

    /// <summary>Takes the name away; the namespace goes when nothing runs in it. No such name: nothing to do.</summary>
    public static void Remove(string name)
    {
        while (Libc.Unmount(PathOf(name), Libc.Detach | Libc.NoFollow) == 0)
        {
        }

        if (File.Exists(PathOf(name)))
        {
            File.Delete(PathOf(name));
        }
    }

    /// <summary>The names that begin like this.</summary>
    public static IReadOnlyList<string> List(string prefix) => !Directory.Exists(Folder) ? [] :
        [.. Directory.EnumerateFiles(Folder, prefix + "*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static void Place(string source, string name)
    {
        Prepare();
        File.WriteAllBytes(PathOf(name), []);
        if (Libc.Mount(source, PathOf(name), "none", Bind, "") != 0)
        {
            throw new IOException($"mount of {PathOf(name)}: {Errno.Last}");
        }
    }

    /// <summary>As ip-netns(8) does it: a mount that others see come and go, too.</summary>
    private static void Prepare()
    {
        lock (Gate)
        {
            Directory.CreateDirectory(Folder, Mode);
            if (Libc.Mount("", Folder, "none", Shared | Recursive, "") != 0
                && (Libc.Mount(Folder, Folder, "none", Bind | Recursive, "") != 0
                    || Libc.Mount("", Folder, "none", Shared | Recursive, "") != 0))
            {
                throw new IOException($"mount of {Folder}: {Errno.Last}");
            }
        }
    }
}
