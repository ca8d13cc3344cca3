namespace Provision.Machine.Linux.Tests.Escapes;

/// <summary>Numbers of system calls on x86-64 (asm/unistd_64.h).</summary>
internal static class Calls
{
    public const long Read = 0;
    public const long Write = 1;
    public const long Open = 2;
    public const long Map = 9; // mmap
    public const long Control = 16; // ioctl
    public const long SetMask = 14; // rt_sigprocmask
    public const long Pipe = 22;
    public const long GetShared = 29; // shmget
    public const long ControlShared = 31; // shmctl
    public const long AttachShared = 30; // shmat
    public const long Pause = 34;
    public const long Process = 39; // getpid
    public const long Socket = 41;
    public const long Connect = 42;
    public const long SendTo = 44;
    public const long Bind = 49;
    public const long SocketName = 51;
    public const long SocketPair = 53;
    public const long SetOption = 54; // setsockopt
    public const long Clone = 56;
    public const long Fork = 57;
    public const long DetachShared = 67; // shmdt
    public const long FileControl = 72; // fcntl
    public const long ChangeFolder = 80;
    public const long MakeFolder = 83;
    public const long MakeNode = 133; // mknod
    public const long SetLimit = 160; // setrlimit
    public const long SetAttribute = 188; // setxattr
    public const long QueueSignal = 129; // rt_sigqueueinfo
    public const long SetScheduler = 144;
    public const long SetupEvents = 206; // io_setup
    public const long CreateTimer = 222;
    public const long OpenQueue = 240; // mq_open
    public const long SetEventPriority = 251; // ioprio_set
    public const long Unshare = 272;
    public const long CreateWatcher = 294; // inotify_init1
    public const long AddWatch = 254; // inotify_add_watch
    public const long SetProcessLimit = 302; // prlimit64
    public const long MakeMemoryFile = 319; // memfd_create
    public const long CopyRange = 326; // copy_file_range
    public const long CloneByStruct = 435; // clone3

    /// <summary>
    /// Calls that nobody but root of the machine needs, or that reach into other processes. Each would fail in another way when it were
    /// let through with arguments of zero.
    /// </summary>
    public static IReadOnlyDictionary<string, long> Closed { get; } = new Dictionary<string, long>
    {
        ["ptrace"] = 101, ["syslog"] = 103, ["uselib"] = 134, ["ustat"] = 136, ["sysfs"] = 139, ["vhangup"] = 153, ["modify_ldt"] = 154,
        ["pivot_root"] = 155, ["adjtimex"] = 159, ["chroot"] = 161, ["acct"] = 163, ["settimeofday"] = 164, ["mount"] = 165,
        ["umount2"] = 166, ["swapon"] = 167, ["swapoff"] = 168, ["reboot"] = 169, ["sethostname"] = 170, ["setdomainname"] = 171,
        ["iopl"] = 172, ["ioperm"] = 173, ["init_module"] = 175, ["delete_module"] = 176, ["quotactl"] = 179, ["clock_settime"] = 227,
        ["mbind"] = 237, ["set_mempolicy"] = 238, ["get_mempolicy"] = 239, ["kexec_load"] = 246, ["add_key"] = 248,
        ["request_key"] = 249, ["keyctl"] = 250, ["migrate_pages"] = 256, ["unshare"] = 272, ["move_pages"] = 279,
        ["perf_event_open"] = 298, ["fanotify_init"] = 300, ["name_to_handle_at"] = 303, ["open_by_handle_at"] = 304,
        ["clock_adjtime"] = 305, ["setns"] = 308, ["process_vm_readv"] = 310, ["process_vm_writev"] = 311, ["kcmp"] = 312,
        ["finit_module"] = 313, ["kexec_file_load"] = 320, ["bpf"] = 321, ["userfaultfd"] = 323, ["io_uring_setup"] = 425,
        ["io_uring_enter"] = 426, ["io_uring_register"] = 427, ["open_tree"] = 428, ["move_mount"] = 429, ["fsopen"] = 430,
        ["fsconfig"] = 431, ["fsmount"] = 432, ["fspick"] = 433, ["pidfd_getfd"] = 438, ["process_madvise"] = 440, ["mount_setattr"] = 442,
        ["quotactl_fd"] = 443, ["memfd_secret"] = 447,
    };
}
