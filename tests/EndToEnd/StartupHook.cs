using System.Runtime.CompilerServices;

/// <summary>
/// What the runtime calls in one of our programs before the program itself begins, when DOTNET_STARTUP_HOOKS names this assembly (it looks
/// for this name in no namespace). It sets the wall clock of that process wrong, for everything asks <see cref="TimeProvider.System"/>,
/// Kestrel too; the programs are those that users start, and have no switch for this. The time since boot stays what it is.
/// </summary>
internal static class StartupHook
{
    /// <summary>By how much the clock is wrong, as text of a span.</summary>
    public const string Variable = "PROVISION_TEST_CLOCK_ERROR";

    /// <summary>The environment of a process whose clock is wrong by so much.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(TimeSpan error) => new Dictionary<string, string>
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
        [Variable] = error.ToString("c"),
    };

    /// <summary>Called by the runtime.</summary>
    public static void Initialize()
    {
        // What the process starts has the right time again, unless it is told otherwise.
        var error = TimeSpan.ParseExact(Environment.GetEnvironmentVariable(Variable)!, "c", null);
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);
        SystemTime(null) = new WrongTime(error);
    }

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "<System>k__BackingField")]
    private static extern ref TimeProvider SystemTime(TimeProvider? none);

    private sealed class WrongTime(TimeSpan error) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + error;
    }
}
