using Microsoft.Win32.SafeHandles;
using Provision.Machine.Linux.Kernel;
using Provision.Machine.Linux.Networks.Netlink;

namespace Provision.Machine.Linux.Networks;

/// <summary>A namespace of the network that is open: it does not go while we have it.</summary>
internal sealed class NetworkNamespace(SafeFileHandle handle) : IDisposable
{
    private const string Remedy = "The daemon must run as root; look at sysctl user.max_net_namespaces.";
    private static readonly SafeFileHandle Home = File.OpenHandle("/proc/self/ns/net");

    /// <summary>The namespace, for others to enter.</summary>
    public SafeFileHandle Handle => handle;

    /// <summary>Does something in a new namespace, which goes when nobody holds it then.</summary>
    public static T RunInNew<T>(Func<T> action) => RunAway(NetworkCalls.EnterNew(), action);

    /// <summary>
    /// Does something in the namespace, without waiting for other threads. What it starts or opens is in there, too, and stays.
    /// </summary>
    public T Run<T>(Func<T> action) => RunAway(NetworkCalls.Enter(handle), action);

    /// <summary>Opens a socket in the namespace.</summary>
    public NetlinkSocket OpenSocket(int protocol) => Run(() => new NetlinkSocket(protocol));

    /// <summary>Another one of the same, to be disposed of by itself.</summary>
    public NetworkNamespace Share() => new(Libc.OpenUnlocked($"/proc/self/fd/{handle.DangerousGetHandle()}"));

    public void Dispose() => handle.Dispose();

    /// <summary>The calling thread has gone, or could not; it comes back whatever happens.</summary>
    private static T RunAway<T>(Errno? gone, Func<T> action)
    {
        if (gone is { } error)
        {
            throw error.Unavailable("A namespace of the network cannot be entered", Remedy);
        }

        try
        {
            return action();
        }
        finally
        {
            if (NetworkCalls.Enter(Home) is { } lost)
            {
                // Whatever this thread did next would happen in a network of strangers.
                Environment.FailFast($"A thread cannot leave a namespace of the network: {lost}");
            }
        }
    }
}
