namespace Provision.Reservations.Faults;

/// <summary>What sort of failure a <see cref="Fault"/> is: the one vocabulary of journal, receipts, HTTP answers and exit codes.</summary>
public enum FaultCode
{
    /// <summary>The document or its values are wrong; sending it again unchanged cannot succeed.</summary>
    Invalid,

    /// <summary>A signature is missing, malformed, or does not verify.</summary>
    BadSignature,

    /// <summary>The signer is known but may not do this.</summary>
    Denied,

    /// <summary>What was named does not exist.</summary>
    NotFound,

    /// <summary>It contradicts what is already there: same nonce with other content, a counter that went back.</summary>
    Conflict,

    /// <summary>The node has not got as much as was asked for.</summary>
    OutOfCapacity,

    /// <summary>Could not be done now; the same request may succeed later. The only transient code.</summary>
    Unavailable,

    /// <summary>Stored data is unreadable or contradicts itself.</summary>
    DataLoss,

    /// <summary>A defect of Provision itself, contained where it happened.</summary>
    Internal,
}
