using Provision.Reservations;

namespace Provision.Provisioning;

/// <summary>What is offered of something, and what of it open orders have been promised, used or not.</summary>
/// <param name="Offered">All that may be promised.</param>
/// <param name="Promised">What is promised; more than is offered where the farmer lowered that since.</param>
public readonly record struct Portion(ByteSize Offered, ByteSize Promised)
{
    /// <summary>What can still be promised.</summary>
    public ByteSize Left => Promised < Offered ? Offered - Promised : ByteSize.Zero;
}
