using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Provision.Machine.Linux.Kernel;

/// <summary>
/// posix_spawnp(3), with the extensions of glibc 2.34. .NET's own Process ties a child to our pipes and session; a program that
/// outlives us needs a session of its own, files for its output, none of our open files, and the signals as a login shell would
/// give them (the runtime ignores SIGPIPE, and children inherit that).
/// </summary>
internal static unsafe partial class Spawn
{
    private const string Library = "libc";
    private const int OpaqueSize = 1024; // More than any C library needs for its attributes, actions and signal sets (336, 80, 128).
    private const short Flags = 0x04 | 0x08 | 0x80; // POSIX_SPAWN_SETSIGDEF, SETSIGMASK, SETSID, spawn.h
    private const int OpenNothing = 0; // O_RDONLY
    private const int OpenLog = 0x1 | 0x40 | 0x400; // O_WRONLY, O_CREAT, O_APPEND, fcntl.h
    private const uint LogMode = 0x180; // 0600

    /// <summary>The number under which a program finds the first file that was handed to it; the others follow.</summary>
    public const int HandedNumber = 3;

    /// <summary>
    /// Starts a program in a session of its own, in the folder <c>/</c>, with its output at the end of a log file. Of our files it gets
    /// those that are handed to it.
    /// </summary>
    public static Errno? Start(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        string log,
        IReadOnlyList<SafeFileHandle> handed,
        out int process)
    {
        var attributes = stackalloc byte[OpaqueSize];
        var actions = stackalloc byte[OpaqueSize];
        var signals = stackalloc byte[OpaqueSize];
        var argumentTexts = ToTexts([program, .. arguments]);
        var environmentTexts = ToTexts(environment);
        Require(InitAttributes(attributes));
        Require(InitActions(actions));
        try
        {
            Require(SetFlags(attributes, Flags));
            Require(FillSignals(signals));
            Require(SetDefaultSignals(attributes, signals));
            Require(EmptySignals(signals));
            Require(SetSignalMask(attributes, signals));
            Require(AddFolder(actions, "/"));
            Require(AddOpen(actions, 0, "/dev/null", OpenNothing, 0));
            Require(AddOpen(actions, 1, log, OpenLog, LogMode));
            Require(AddCopy(actions, 1, 2));
            AddHanded(actions, [.. handed.Select(file => (int)file.DangerousGetHandle())]);
            Require(AddCloseFrom(actions, HandedNumber + handed.Count));
            var error = Run(out process, program, actions, attributes, argumentTexts, environmentTexts);
            return error == 0 ? null : new Errno(error);
        }
        finally
        {
            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
            Free(argumentTexts);
            Free(environmentTexts);
        }
    }

    /// <summary>Copies them out of the way first: one may have the number that another shall get.</summary>
    private static void AddHanded(byte* actions, int[] files)
    {
        var free = files.Append(HandedNumber + files.Length - 1).Max() + 1;
        for (var i = 0; i < files.Length; i++)
        {
            Require(AddCopy(actions, files[i], free + i));
        }

        for (var i = 0; i < files.Length; i++)
        {
            Require(AddCopy(actions, free + i, HandedNumber + i));
        }
    }

    private static void Require(int error)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"Preparing to start a program: {new Errno(error)}");
        }
    }

    private static nint* ToTexts(IReadOnlyList<string> texts)
    {
        var pointers = (nint*)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(nint));
        for (var i = 0; i < texts.Count; i++)
        {
            pointers[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        return pointers;
    }

    private static void Free(nint* texts)
    {
        for (var text = texts; *text != 0; text++)
        {
            Marshal.FreeCoTaskMem(*text);
        }

        NativeMemory.Free(texts);
    }

    [LibraryImport(Library, EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Run(out int process, string program, byte* actions, byte* attributes, nint* arguments, nint* environment);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_init")]
    private static partial int InitAttributes(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaultSignals(byte* attributes, byte* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetSignalMask(byte* attributes, byte* signals);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitActions(byte* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(byte* actions);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddFolder(byte* actions, string folder);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddCopy(byte* actions, int descriptor, int copy);

    [LibraryImport(Library, EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    private static partial int AddCloseFrom(byte* actions, int descriptor);

    [LibraryImport(Library, EntryPoint = "sigfillset")]
    private static partial int FillSignals(byte* signals);

    [LibraryImport(Library, EntryPoint = "sigemptyset")]
    private static partial int EmptySignals(byte* signals);
}
