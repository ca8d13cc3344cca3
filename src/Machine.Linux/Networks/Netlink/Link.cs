namespace Provision.Machine.Linux.Networks.Netlink;

/// <summary>A link.</summary>
/// <param name="Index">Its number in its namespace.</param>
/// <param name="Name">Its name in its namespace.</param>
/// <param name="Up">True when it was switched on.</param>
/// <param name="Master">The number of the bridge that it is a port of; 0: of none.</param>
/// <param name="Mtu">The largest packet that it takes, bytes.</param>
internal sealed record Link(int Index, string Name, bool Up, int Master, int Mtu);
