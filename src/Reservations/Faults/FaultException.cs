namespace Provision.Reservations.Faults;

/// <summary>Carries an expected <see cref="Faults.Fault"/> up to whoever answers for it. Anything else that is thrown is a bug.</summary>
public sealed class FaultException(Fault fault, Exception? inner = null) : Exception(fault.ToString(), inner)
{
    /// <summary>A fault without a chain.</summary>
    public FaultException(FaultCode code, string what, string? remedy = null)
        : this(new Fault(code, what, remedy))
    {
    }

    /// <summary>The failure as data.</summary>
    public Fault Fault { get; } = fault;
}
