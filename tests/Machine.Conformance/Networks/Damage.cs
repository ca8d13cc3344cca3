namespace Provision.Machine.Conformance.Networks;

/// <summary>What somebody else takes from a network.</summary>
public enum Damage
{
    /// <summary>The namespace of the network, and with it one end of each member's link.</summary>
    NetworkNamespace,

    /// <summary>The rules of the network.</summary>
    Rules,

    /// <summary>The namespace of a member.</summary>
    MemberNamespace,

    /// <summary>The link of a member.</summary>
    MemberLink,

    /// <summary>The first address of a member.</summary>
    MemberAddress,
}
