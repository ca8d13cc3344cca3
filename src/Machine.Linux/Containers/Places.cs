using System.Text;
using Provision.Reservations;

namespace Provision.Machine.Linux.Containers;

/// <summary>
/// Where everything about the containers of one instance is. What a reboot ends lies in memory, in a file system of this instance alone;
/// what is to be known after it lies below the instance's root. Nothing outside of these two and the control groups is ever written.
/// </summary>
/// <remarks>
/// The one in memory is not below the root of the instance: the first process of a container looks its root folder up as an ordinary
/// user of the machine, and cannot pass a folder of mode 0700. It passes <c>roots/SLOT</c>, which opens to the group of that container.
/// </remarks>
internal sealed class Places(string root)
{
    /// <summary>What all instances of a machine share: empty after a boot.</summary>
    public const string Shared = "/run/provision";

    /// <summary>What the supervisors of an instance have in common is called so.</summary>
    public const string SupervisorsName = "supervisors";

    /// <summary>The folder of the instance.</summary>
    public string Root => root;

    /// <summary>Stands for the instance in names that the whole machine sees.</summary>
    public string Tag { get; } = Digest.Of(Encoding.UTF8.GetBytes(root)).Short;

    /// <summary>What must survive a reboot, a folder each.</summary>
    public string Containers => Path.Combine(root, "containers");

    /// <summary>The file system in memory.</summary>
    public string Volatile => Path.Combine(Shared, Tag);

    /// <summary>Records of the supervisors.</summary>
    public string Supervisors => Path.Combine(Volatile, SupervisorsName);

    /// <summary>The runtime's own state.</summary>
    public string Runtime => Path.Combine(Volatile, "runtime");

    /// <summary>The supervisors' sockets, which nobody uses.</summary>
    public string Sockets => Path.Combine(Volatile, "sockets");

    /// <summary>What each container was started with, and how it ended.</summary>
    public string Bundles => Path.Combine(Volatile, "bundles");

    /// <summary>Where roots are mounted while the runtime takes them over.</summary>
    public string Roots => Path.Combine(Volatile, "roots");

    /// <summary>What survives of a container.</summary>
    public string KeptOf(Digest owner) => Path.Combine(Containers, owner.ToString());

    /// <summary>What it said.</summary>
    public string LogOf(Digest owner) => Path.Combine(KeptOf(owner), "log");

    /// <summary>What it said before it was started again.</summary>
    public string LogBeforeOf(Digest owner) => Path.Combine(KeptOf(owner), "log.before");

    /// <summary>What it was started with.</summary>
    public string BundleOf(Digest owner) => Path.Combine(Bundles, owner.ToString());

    /// <summary>The process id of its first process.</summary>
    public string FirstProcessOf(Digest owner) => Path.Combine(BundleOf(owner), "pid");

    /// <summary>The slot of its range of ids.</summary>
    public string SlotOf(Digest owner) => Path.Combine(BundleOf(owner), "slot");

    /// <summary>There once its program was started.</summary>
    public string StartedOf(Digest owner) => Path.Combine(BundleOf(owner), "started");

    /// <summary>The order in the runtime's words, secrets included; gone once its program was started.</summary>
    public string ConfigOf(Digest owner) => Path.Combine(BundleOf(owner), "config.json");

    /// <summary>Its exit code, written by its supervisor.</summary>
    public string ExitOf(Digest owner) => Path.Combine(BundleOf(owner), owner.ToString());

    /// <summary>What the runtime knows of it.</summary>
    public string RuntimeOf(Digest owner) => Path.Combine(Runtime, owner.ToString());

    /// <summary>What its supervisor said.</summary>
    public string SupervisorLogOf(Digest owner) => Path.Combine(Supervisors, owner + ".log");

    /// <summary>Its socket, by the name that fits the 107 bytes of an address (unix(7)).</summary>
    public string SocketOf(Digest owner) => Path.Combine(Sockets, owner.Short);

    /// <summary>The control group of the instance, below the top of each hierarchy.</summary>
    public string Group => $"/provision-{Tag}";

    /// <summary>The control group of all supervisors.</summary>
    public string SupervisorsGroup => $"{Group}/{SupervisorsName}";

    /// <summary>Its control group.</summary>
    public string GroupOf(Digest owner) => $"{Group}/{owner}";
}
