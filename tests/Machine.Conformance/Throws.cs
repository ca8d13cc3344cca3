using Provision.Reservations.Faults;
using Xunit;

namespace Provision.Machine.Conformance;

/// <summary>Asserts on expected failures.</summary>
public static class Throws
{
    /// <summary>The action fails with a fault of this code, which is returned.</summary>
    public static async Task<Fault> FaultAsync(FaultCode code, Func<Task> action)
    {
        var fault = (await Assert.ThrowsAsync<FaultException>(action)).Fault;
        Assert.True(fault.Code == code, $"{fault.Code} where {code} belongs: {fault}");
        return fault;
    }
}
