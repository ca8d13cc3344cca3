using Provision.Machine.Containers;
using Provision.Reservations.Faults;

namespace Provision.Machine.Linux.Containers;

/// <summary>What of an order can be judged without looking at the machine.</summary>
internal static class OrderCheck
{
    private const int PathSizeMax = 1024;
    private static readonly string[] Reserved = ["proc", "dev", "sys"];

    /// <summary>Throws when the order cannot run on any machine.</summary>
    /// <exception cref="FaultException"><c>Invalid</c>: what it says is wrong.</exception>
    public static void Check(ContainerOrder order)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(order.Cores);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(order.Memory.Bytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(order.ProcessesMax);
        Require(order.Arguments is [{ Length: > 0 }, ..], "It has no program", "Name one in the order or in the image.");
        Require(!order.Arguments.Any(HasZero), "An argument holds a zero character", "Leave it out.");
        foreach (var (name, value) in order.Environment)
        {
            Require(
                name.Length > 0 && !name.Contains('=', StringComparison.Ordinal) && !HasZero(name) && !HasZero(value),
                $"The variable \"{name.Replace('\0', '?')}\" cannot be in an environment",
                "Its name must have no = and both must have no zero character.");
        }

        Require(
            order.WorkingFolder is ['/', ..] && order.WorkingFolder.Length <= PathSizeMax && !HasZero(order.WorkingFolder),
            $"The working folder \"{order.WorkingFolder.Replace('\0', '?')}\" is no absolute path",
            "Give one that begins with a slash.");
        var targets = order.Mounts.Select(mount => mount.Target.TrimEnd('/') + "/").Order(StringComparer.Ordinal).ToList();
        foreach (var mount in order.Mounts)
        {
            CheckTarget(mount.Target);
            Require(
                targets.Count(target => $"{mount.Target.TrimEnd('/')}/".StartsWith(target, StringComparison.Ordinal)) == 1,
                $"The mount point {mount.Target} is or lies in that of another volume",
                "Give each a mount point of its own, outside of the others.");
        }
    }

    private static void CheckTarget(string target)
    {
        var parts = target.TrimEnd('/').Split('/');
        Require(
            target is ['/', ..] && target.Length <= PathSizeMax && !HasZero(target) && parts.Length > 1
            && parts.Skip(1).All(part => part is not ("" or "." or "..")),
            $"\"{target.Replace('\0', '?')}\" is no mount point",
            "Give an absolute path without empty parts, . and .., other than / itself.");
        Require(
            !Reserved.Contains(parts[1], StringComparer.Ordinal),
            $"{target} belongs to the machine",
            $"Choose a mount point outside of /{string.Join(", /", Reserved)}.");
    }

    private static bool HasZero(string text) => text.Contains('\0', StringComparison.Ordinal);

    private static void Require(bool holds, string what, string remedy)
    {
        if (!holds)
        {
            throw new FaultException(FaultCode.Invalid, what, remedy);
        }
    }
}
