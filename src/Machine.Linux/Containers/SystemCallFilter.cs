using System.Runtime.InteropServices;
using System.Text.Json;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// The system calls that a container may make (seccomp(2)); any other fails with EPERM, and one that is younger than this list with
/// ENOSYS. Ordinary programs miss nothing. Left out is what changes the machine, what looks into other processes, what makes namespaces
/// and mounts (kernel code that only root should reach), and what evades limits.
/// </summary>
/// <remarks>
/// The kernel looks at the low 32 bits of a request of ioctl(2), while a filter sees 64 of them, and musl fills the upper half with the
/// sign. So each comparison is masked, and the list says what is allowed: whatever is set above can make a comparison fail, never pass.
/// </remarks>
internal static class SystemCallFilter
{
    private const ulong Low = 0xffffffff;
    private const int NoSuchCall = 38; // ENOSYS
    private const int NotSupported = 95; // EOPNOTSUPP

    // CLONE_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET: sched.h
    private const ulong NewNamespaces = 0x7e020000;

    private static readonly string[] Allowed =
    [
        // Files and folders.
        .. Words("""
        access chdir chmod chown close close_range creat dup dup2 dup3 faccessat faccessat2 fadvise64 fallocate fchdir fchmod
        fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr flistxattr flock fremovexattr fsetxattr fstat fstatfs fsync
        ftruncate futimesat getcwd getdents getdents64 getxattr getxattrat lchown lgetxattr link linkat listxattr listxattrat
        llistxattr lremovexattr lseek lsetxattr lstat mkdir mkdirat mknod mknodat newfstatat open openat openat2 pread64 preadv
        preadv2 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv removexattr removexattrat rename renameat
        renameat2 rmdir sendfile setxattr setxattrat splice stat statfs statx symlink symlinkat sync sync_file_range syncfs tee
        truncate umask unlink unlinkat utime utimensat utimes vmsplice write writev
        """),

        // Waiting for files, events and signals.
        .. Words("""
        epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 inotify_add_watch inotify_init
        inotify_init1 inotify_rm_watch pause pipe pipe2 poll ppoll pselect6 rt_sigaction rt_sigpending rt_sigprocmask
        rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo select signalfd signalfd4 sigaltstack
        """),

        // Memory.
        .. Words("""
        brk cachestat madvise map_shadow_stack membarrier mincore mlock mlock2 mlockall mprotect mremap mseal
        msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect remap_file_pages
        """),

        // Processes and threads.
        .. Words("""
        arch_prctl capget capset execve execveat exit exit_group fork futex futex_requeue futex_wait futex_waitv futex_wake
        get_robust_list get_thread_area getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority
        getresgid getresuid getrlimit getrusage getsid gettid getuid ioprio_get ioprio_set kill landlock_add_rule
        landlock_create_ruleset landlock_restrict_self pidfd_open pidfd_send_signal prctl prlimit64 process_mrelease
        restart_syscall rseq sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
        sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield
        seccomp set_robust_list set_thread_area set_tid_address setfsgid setfsuid setgid setgroups setpgid setpriority setregid
        setresgid setresuid setreuid setrlimit setsid setuid sysinfo tgkill times tkill uname vfork wait4 waitid
        """),

        // Clocks.
        .. Words("""
        alarm clock_getres clock_gettime clock_nanosleep getitimer getrandom gettimeofday nanosleep setitimer time timer_create
        timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime
        """),

        // Talking to others.
        .. Words("""
        accept accept4 bind connect getpeername getsockname getsockopt listen mq_getsetattr mq_notify mq_open mq_timedreceive
        mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd recvfrom recvmmsg recvmsg semctl semget semop semtimedop sendmmsg
        sendmsg sendto shmat shmctl shmdt shutdown
        """),
    ];

    // MAP_HUGETLB, MFD_HUGETLB, SHM_HUGETLB: large pages, where a farmer set some aside, are in no limit of a container's memory.
    private static readonly (string Call, int Argument, ulong Flag)[] HugePages =
        [("mmap", 3, 0x40000), ("memfd_create", 1, 0x4), ("shmget", 2, 0x800)];

    private const ulong Type = 0xf; // Beside it in the argument are SOCK_NONBLOCK and SOCK_CLOEXEC; socket.h

    // Family, type, protocol. Unix; TCP, UDP and ICMP of both internets; netlink about links and addresses, which the C libraries ask for.
    // Any other would have the kernel load the code that knows it; socket.h, in.h, linux/netlink.h.
    private static readonly Condition[][] Sockets =
    [
        [new(0, Low, 1)],
        .. from family in new ulong[] { 2, 10 }
           from kind in new (ulong Type, ulong Protocol)[] { (1, 0), (1, 6), (2, 0), (2, 17), (2, family == 2 ? 1UL : 58UL) }
           select new Condition[] { new(0, Low, family), new(1, Type, kind.Type), new(2, Low, kind.Protocol) },
        [new(0, Low, 16), new(2, Low, 0)],
    ];

    // PER_LINUX, PER_LINUX32, each with UNAME26, and the question what it is; personality.h.
    private static readonly ulong[] Personalities = [0, 8, 0x20000, 0x20008, Low];

    // Whole families of requests: terminals, pipes and files (0x54), sockets (0x89). In pieces around TIOCSETD (0x5423), which has the
    // kernel load another discipline for a line.
    private static readonly (ulong Mask, ulong Value)[] RequestFamilies =
    [
        (0xffe0, 0x5400), (0xfffe, 0x5420), (0xffff, 0x5422), (0xfffc, 0x5424), (0xfff8, 0x5428), (0xfff0, 0x5430), (0xffc0, 0x5440),
        (0xff80, 0x5480), (0xff00, 0x8900),
    ];

    // FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_IOC_FIEMAP; FIGETBSZ. linux/fs.h
    private static readonly ulong[] Requests = [0x80086601, 0x40086602, 0xc020660b, 0x2];

    // FICLONE, FICLONERANGE, FIDEDUPERANGE: linux/fs.h. A root is limited in what it does not share, so two of them that came to share all
    // by way of a volume would hold without limit. Programs that would like to share copy instead when a file system cannot.
    private static readonly ulong[] SharingRequests = [0x40049409, 0x4020940d, 0xc0189436];

    // IPV6_FREEBIND, linux/in6.h: with it, packets are sent under the addresses of neighbours. Nothing else of use has this number.
    private const ulong OptionOfStrangers = 78;
    private const int OptionBits = 7;

    // The same by another name; then what has one limit for the whole machine (fs.aio-max-nr), which one tenant would use up; and clone3,
    // whose flags lie in memory, where no filter sees them. Libraries fall back to older calls.
    private static readonly string[] Absent =
        ["copy_file_range", "io_setup", "io_submit", "io_getevents", "io_pgetevents", "io_cancel", "io_destroy", "clone3"];

    /// <summary>Writes the object of the OCI runtime specification (config-linux.md, Seccomp).</summary>
    public static void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("seccomp");
        json.WriteString("defaultAction", "SCMP_ACT_ERRNO");
        json.WriteStartArray("architectures"); // Calls of any other, such as those of 32 bits, end the program.
        json.WriteStringValue(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64");
        json.WriteEndArray();
        json.WriteStartArray("syscalls");
        WriteRule(json, Allowed, [], null);
        WriteRule(json, Absent, [], NoSuchCall);
        WriteRule(json, ["clone"], [new(0, NewNamespaces, 0)], null);
        WriteOptions(json);
        foreach (var (call, argument, flag) in HugePages)
        {
            WriteRule(json, [call], [new(argument, flag, 0)], null);
        }

        WriteRules(json, "socket", Sockets);
        WriteRules(json, "socketpair", Sockets[..1]); // Others have none, but making one would load their code.
        WriteRules(json, "personality", Personalities.Select(value => new Condition[] { new(0, Low, value) }));
        WriteRules(json, "ioctl", RequestFamilies.Select(family => new Condition[] { new(1, family.Mask, family.Value) }));
        WriteRules(json, "ioctl", Requests.Select(value => new Condition[] { new(1, Low, value) }));
        WriteRules(json, "ioctl", SharingRequests.Select(value => new Condition[] { new(1, Low, value) }), NotSupported);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Options of sockets: each that differs from the one in a bit.</summary>
    private static void WriteOptions(Utf8JsonWriter json)
    {
        for (var bit = 1UL; bit < 1UL << OptionBits; bit <<= 1)
        {
            WriteRule(json, ["setsockopt"], [new(2, bit, ~OptionOfStrangers & bit)], null);
        }
    }

    private static string[] Words(string text) => text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static void WriteRules(Utf8JsonWriter json, string call, IEnumerable<Condition[]> each, int? error = null)
    {
        foreach (var conditions in each)
        {
            WriteRule(json, [call], conditions, error);
        }
    }

    private static void WriteRule(Utf8JsonWriter json, string[] calls, Condition[] conditions, int? error)
    {
        json.WriteStartObject();
        json.WriteStartArray("names");
        foreach (var call in calls)
        {
            json.WriteStringValue(call);
        }

        json.WriteEndArray();
        json.WriteString("action", error is null ? "SCMP_ACT_ALLOW" : "SCMP_ACT_ERRNO");
        if (error is { } number)
        {
            json.WriteNumber("errnoRet", number);
        }

        json.WriteStartArray("args");
        foreach (var condition in conditions)
        {
            json.WriteStartObject();
            json.WriteNumber("index", condition.Argument);
            json.WriteNumber("value", condition.Mask);
            json.WriteNumber("valueTwo", condition.Value);
            json.WriteString("op", "SCMP_CMP_MASKED_EQ");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>True of a call when this argument, masked, has this value.</summary>
    private readonly record struct Condition(int Argument, ulong Mask, ulong Value);
}
