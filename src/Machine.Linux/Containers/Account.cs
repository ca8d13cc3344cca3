namespace Provision.Machine.Linux.Containers;

/// <summary>Who a container's program runs as, in the ids of the container.</summary>
internal sealed record Account(int User, int Group, IReadOnlyList<int> OtherGroups);
