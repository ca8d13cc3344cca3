using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;

namespace Provision.Agent.Systemd;

/// <summary>Tells systemd how the daemon stands, where systemd started it and wants to know (sd_notify(3)).</summary>
internal sealed class ReadinessSignal
{
    private readonly SystemdNotifier notifier = new();

    /// <summary>The daemon is ready.</summary>
    public void SayReady() => Say(ServiceState.Ready);

    /// <summary>The daemon has got on with its work; systemd starts one anew that has not for long (WatchdogSec=).</summary>
    public void SayAlive() => Say(new ServiceState("WATCHDOG=1"));

    /// <summary>The daemon is about to end.</summary>
    public void SayStopping() => Say(ServiceState.Stopping);

    private void Say(ServiceState state)
    {
        try
        {
            notifier.Notify(state);
        }
        catch (SocketException)
        {
            // Nobody listens. Whoever should, and waits, says so himself.
        }
    }
}
