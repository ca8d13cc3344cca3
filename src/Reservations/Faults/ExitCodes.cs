namespace Provision.Reservations.Faults;

/// <summary>What the shell gets from every program of ours: one number for each code of fault. README.md lists them.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>A check that was asked for found something wrong.</summary>
    public const int CheckFailed = 1;

    /// <summary>Ended by Ctrl-C: 128 and the number of SIGINT, as shells count.</summary>
    public const int Interrupted = 130;

    /// <summary>Every fault's number; scripts rely on them, so none is ever changed.</summary>
    public static IReadOnlyDictionary<FaultCode, int> Table { get; } = new Dictionary<FaultCode, int>
    {
        [FaultCode.Invalid] = 2,
        [FaultCode.BadSignature] = 3,
        [FaultCode.Denied] = 4,
        [FaultCode.NotFound] = 5,
        [FaultCode.Conflict] = 6,
        [FaultCode.OutOfCapacity] = 7,
        [FaultCode.Unavailable] = 8,
        [FaultCode.DataLoss] = 9,
        [FaultCode.Internal] = 10,
    };

    /// <summary>The number of a fault.</summary>
    public static int Of(FaultCode code) => Table[code];
}
