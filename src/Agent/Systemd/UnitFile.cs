namespace Provision.Agent.Systemd;

/// <summary>The unit by which systemd keeps the daemon running (systemd.service(5)).</summary>
internal static class UnitFile
{
    /// <summary>Its name.</summary>
    public const string Name = "provisiond.service";

    /// <summary>Its first line. A unit of that name without it is somebody else's.</summary>
    public const string Mark = "# Written by 'provisiond install', which writes it anew. Changes of your own: systemctl edit provisiond";

    /// <summary>False for a path with a quote, a backslash or a control character: systemd starts no program of such a path.</summary>
    public static bool CanStart(string program) => !program.Any(c => c is '"' or '\'' or '\\' || char.IsControl(c));

    /// <summary>The text for a daemon that is this program, whose path <see cref="CanStart"/>.</summary>
    public static string Write(string program) => $"""
        {Mark}

        [Unit]
        Description=Provision: leases pieces of this machine
        # Names can be looked up and the explorer be reached. It waits for both by itself, too; this only spares the log.
        Wants=network-online.target
        After=network-online.target
        # It is tried for ever: a node that gave up would need somebody to come by.
        StartLimitIntervalSec=0

        [Service]
        # The daemon says itself when it is ready, which is when 'provisiond status' answers.
        Type=notify
        ExecStart="{program.Replace("%", "%%", StringComparison.Ordinal)}" run
        # Without it, a killed daemon leaves a socket for debuggers in the folder for temporary files.
        Environment=DOTNET_EnableDiagnostics=0

        # Containers and their supervisors outlive the daemon, which adopts them at its next start.
        KillMode=process
        # A container that takes too much memory is stopped by its own limit; that is no reason to stop the daemon.
        OOMPolicy=continue
        # The control groups of containers are the daemon's, and none of systemd's business.
        Delegate=yes
        # Threads and processes are limited for each container, and not by a guess about a service.
        TasksMax=infinity
        # Each workload, log and connection takes a few; the usual 1024 would end at a few hundred workloads.
        LimitNOFILE=524288

        # A defect or a kill is no reason to leave leases alone; exit code 0 means that somebody wanted it to end.
        Restart=on-failure
        # The configuration is wrong (exit code 2): that does not mend itself.
        RestartPreventExitStatus=2
        # At once, then after longer and longer, so that a broken machine is not kept busy. The last two are new in systemd 254;
        # an older one says so, and waits the first time again and again.
        RestartSec=1
        RestartSteps=8
        RestartMaxDelaySec=300

        # It says so whenever a poll of the explorer has ended, well or not, which is every 75 seconds at the least: one whose work
        # stands still is ended and started anew, and what it leases runs on.
        WatchdogSec=300

        # A journal of years is read first.
        TimeoutStartSec=600
        # The steps in hand are finished, which the daemon gives 30 seconds.
        TimeoutStopSec=60

        # Nothing here may make a mount namespace, as PrivateTmp, PrivateMounts, ProtectSystem and their like do: the mounts of pools and
        # networks must be the machine's, and be there for containers after the daemon has ended.

        [Install]
        WantedBy=multi-user.target

        """;
}
