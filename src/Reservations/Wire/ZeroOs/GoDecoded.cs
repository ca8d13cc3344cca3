using Provision.Reservations.Faults;

namespace Provision.Reservations.Wire.ZeroOs;

/// <summary>What came of a decoding.</summary>
/// <param name="Value">The value; meaningless when there is an error.</param>
/// <param name="Error">What Go says is wrong, word for word; null when nothing is.</param>
/// <param name="Problems">The same, and whatever else is wrong, with JSON pointers.</param>
public sealed record GoDecoded(object? Value, string? Error, IReadOnlyList<Problem> Problems)
{
    /// <summary>The value.</summary>
    /// <param name="document">What it is called in the fault.</param>
    /// <exception cref="FaultException"><see cref="FaultCode.Invalid"/> with every problem.</exception>
    public object? Require(string document) =>
        Error is null ? Value : throw new FaultException(Fault.Invalid($"The {document} cannot be read", Problems));
}
