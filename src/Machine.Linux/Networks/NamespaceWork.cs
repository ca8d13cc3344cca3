using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Provision.Machine.Linux.Networks.Netlink;

namespace Provision.Machine.Linux.Networks;

/// <summary>
/// A namespace that is looked at and made as it should be, links first. What had to be changed is told in a list; where all is well,
/// nothing is done but looking.
/// </summary>
internal sealed class NamespaceWork : IDisposable
{
    /// <summary>The link by which a namespace speaks with itself.</summary>
    public const string Loopback = "lo";

    private const int Mtu = 1500; // As Zero-OS has it, and as a link to the internet has it nearly everywhere (spec 02 §5.10).

    private readonly List<string> changes;
    private readonly NetlinkSocket socket;
    private readonly IReadOnlyList<string>? names;

    private NamespaceWork(NetworkNamespace? space, NetlinkSocket socket, List<string> changes, IReadOnlyList<string>? names)
    {
        (Space, this.socket, this.changes, this.names) = (space, socket, changes, names);
        Look();
    }

    /// <summary>The namespace; null: the machine's own.</summary>
    public NetworkNamespace? Space { get; }

    /// <summary>As the kernel has it since the last change of a link; nothing but the named links, when it was opened for such.</summary>
    public NamespaceView View { get; private set; }

    /// <summary>The machine's own, of which nothing but our links may be touched.</summary>
    public static NamespaceWork OfMachine(List<string> changes) => new(null, new NetlinkSocket(NetlinkSocket.Routing), changes, null);

    /// <summary>One of ours, which this disposes of.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="settings">Its settings; null: they are not looked at.</param>
    /// <param name="changes">Where to tell what was changed.</param>
    /// <param name="names">
    /// The links that are looked at, where many others may be: what a thing costs must not grow with what is beside it. Null: all.
    /// </param>
    public static NamespaceWork Of(
        NetworkNamespace space,
        DueSettings? settings,
        List<string> changes,
        IReadOnlyList<string>? names = null)
    {
        var work = new NamespaceWork(space, space.OpenSocket(NetlinkSocket.Routing), changes, names);
        settings?.ApplyTo(work);
        if (work.View.Find(Loopback) is { Up: false } loopback)
        {
            work.Complete(loopback, null, []);
            work.Look(); // It gives itself addresses.
        }

        return work;
    }

    /// <summary>The namespace that is there, and one link in it; one that is not has nothing to be looked at.</summary>
    public static NamespaceWork? Find(string name, string link) =>
        NamespaceFolder.Open(name) is { } space ? Of(space, null, [], [link]) : null;

    /// <summary>Has these settings, as far as what they are about is there.</summary>
    public void Set(IReadOnlyList<(string Path, string Value)> settings)
    {
        var set = Space is null ? Settings.Apply(settings) : Space.Run(() => Settings.Apply(settings));
        changes.AddRange(set.Select(path => $"setting {path}"));
    }

    /// <summary>The link of this name, which was there or was made a moment ago.</summary>
    /// <exception cref="IOException">Somebody else took it away meanwhile.</exception>
    public Link Get(string name) => View.Find(name) ?? throw new IOException($"Link {name} was taken away at once.");

    /// <summary>Makes the links of a request, and looks again.</summary>
    public void Make(string what, Action<NetlinkRequest> fill)
    {
        using var request = new NetlinkRequest();
        fill(request);
        socket.Execute(request);
        changes.Add(what);
        Look();
    }

    /// <summary>Looks again: somebody else made a link.</summary>
    [MemberNotNull(nameof(View))]
    public void Look() => View = names is null ? socket.Look() : socket.Look(names);

    /// <summary>All that is there now, whatever <see cref="View"/> is of.</summary>
    public NamespaceView LookAtAll() => socket.Look();

    /// <summary>The namespace alone, which somebody else disposes of.</summary>
    public NetworkNamespace Leave()
    {
        socket.Dispose();
        return Space!;
    }

    /// <summary>Takes the link away, and its peer. None: nothing to do.</summary>
    public void Delete(string name)
    {
        if (View.Find(name) is { } link)
        {
            using var request = new NetlinkRequest();
            request.DeleteLink(link);
            socket.Execute(request);
            Look();
        }
    }

    /// <summary>Switches the link on, for packets of the usual size, and gives it these addresses and routes and no others.</summary>
    /// <param name="link">The link.</param>
    /// <param name="addresses">Its addresses; null: leave them.</param>
    /// <param name="routes">What is reached by it beside its neighbours.</param>
    /// <param name="master">The bridge that it is a port of; null: leave it.</param>
    public void Complete(
        Link link,
        IReadOnlyList<(IPAddress Address, int Prefix)>? addresses,
        IReadOnlyList<(IPNetwork Destination, IPAddress? Gateway)> routes,
        Link? master = null)
    {
        using var request = new NetlinkRequest();
        if (!link.Up)
        {
            Change($"link {link.Name} switched on", () => request.SwitchOn(link));
        }

        if (link.Name != Loopback && link.Mtu != Mtu)
        {
            Change($"MTU of {link.Name}", () => request.SetMtu(link, Mtu));
        }

        if (master is not null && link.Master != master.Index)
        {
            Change($"link {link.Name} put into {master.Name}", () => request.SetMaster(link, master.Index));
        }

        if (addresses is not null)
        {
            SetAddresses(request, link, [.. addresses.Where(address => IsSpoken(address.Address))
                .Select(address => new LinkAddress(link.Index, address.Address, address.Prefix))]);
            SetRoutes(request, link, [.. routes.Where(route => IsSpoken(route.Destination.BaseAddress))
                .Select(route => new Route(link.Index, route.Destination, route.Gateway, Automatic: false))]);
        }

        socket.Execute(request);
    }

    public void Dispose()
    {
        socket.Dispose();
        Space?.Dispose();
    }

    private void SetAddresses(NetlinkRequest request, Link link, IReadOnlyList<LinkAddress> wanted)
    {
        var found = View.Addresses.Where(address => address.Link == link.Index).ToList();
        foreach (var address in found.Except(wanted))
        {
            Change($"address {address.Address} taken from {link.Name}", () => request.DeleteAddress(link, address));
        }

        foreach (var address in wanted.Except(View.Addresses))
        {
            Change($"address {address.Address} of {link.Name}", () => request.AddAddress(link, address));
        }
    }

    private void SetRoutes(NetlinkRequest request, Link link, IReadOnlyList<Route> wanted)
    {
        // What was changed until here may have taken routes along.
        var ours = View.Routes.Where(route => route.Link == link.Index && route is { Automatic: false, Table: Route.Main });
        var found = request.IsEmpty ? ours.ToList() : [];
        foreach (var route in found.Except(wanted))
        {
            Change($"route to {route.Destination} taken from {link.Name}", () => request.DeleteRoute(link, route));
        }

        foreach (var route in wanted.Except(found))
        {
            Change($"route to {route.Destination} by {link.Name}", () => request.SetRoute(link, route));
        }
    }

    // A kernel can be without IPv6; then so are its networks.
    private static bool IsSpoken(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6;

    private void Change(string what, Action change)
    {
        changes.Add(what);
        change();
    }
}
