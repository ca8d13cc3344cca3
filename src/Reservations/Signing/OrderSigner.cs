namespace Provision.Reservations.Signing;

/// <summary>Signs orders for users.</summary>
public static class OrderSigner
{
    /// <summary>The order with its owner's signature in place.</summary>
    public static T Sign<T>(this KeyPair owner, T order)
        where T : Order =>
        order with { Signature = owner.Sign(order.ToSignedBytes()) };
}
