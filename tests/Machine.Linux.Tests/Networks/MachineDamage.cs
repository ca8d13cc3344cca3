using Provision.Machine.Conformance.Networks;
using Provision.Machine.Linux.Networks;
using Provision.Machine.Networks;

namespace Provision.Machine.Linux.Tests.Networks;

/// <summary>Takes things from networks as somebody with root would.</summary>
internal static class MachineDamage
{
    public static void Do(Damage damage, NetworkPlaces places, MemberOrder member)
    {
        var (network, own) = (places.NamespaceOf(member.Network), places.NamespaceOf(member.Owner));
        switch (damage)
        {
            case Damage.NetworkNamespace:
                Tool.Run("ip", "netns", "delete", network);
                break;
            case Damage.Rules:
                Tool.Run("ip", "netns", "exec", network, "nft", "delete", "table", "inet", RuleTexts.Table);
                break;
            case Damage.MemberNamespace:
                Tool.Run("ip", "netns", "delete", own);
                break;
            case Damage.MemberLink:
                Tool.Run("ip", "-n", network, "link", "delete", NetworkPlaces.LinkOf(member.Owner));
                break;
            case Damage.MemberAddress:
                Tool.Run("ip", "-n", own, "address", "delete", $"{member.Addresses[0]}/24", "dev", "eth0");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(damage), damage, "Nobody knows how.");
        }
    }
}
