using System.Collections.Frozen;
using Provision.Reservations.Faults;

namespace Provision.Explorer.Endpoints;

/// <summary>The HTTP status of each sort of fault.</summary>
internal static class StatusTable
{
    private static readonly FrozenDictionary<FaultCode, int> Statuses = new Dictionary<FaultCode, int>
    {
        [FaultCode.Invalid] = StatusCodes.Status400BadRequest,
        [FaultCode.BadSignature] = StatusCodes.Status401Unauthorized,
        [FaultCode.Denied] = StatusCodes.Status403Forbidden,
        [FaultCode.NotFound] = StatusCodes.Status404NotFound,
        [FaultCode.Conflict] = StatusCodes.Status409Conflict,
        [FaultCode.OutOfCapacity] = StatusCodes.Status422UnprocessableEntity,
        [FaultCode.Unavailable] = StatusCodes.Status503ServiceUnavailable,
        [FaultCode.DataLoss] = StatusCodes.Status500InternalServerError,
        [FaultCode.Internal] = StatusCodes.Status500InternalServerError,
    }.ToFrozenDictionary();

    /// <summary>The status of this fault.</summary>
    public static int Of(FaultCode code) => Statuses[code];
}
